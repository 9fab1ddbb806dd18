import { Logger } from '@nestjs/common';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RedisBackplane } from '../../src';
import { endPrograms, Program, temporaryDirectory } from '../support/program';
import { commandAt, freePorts, RedisServer, stopRedis } from '../support/redis-server';
import { until } from '../support/until';
import { Heard, said } from './backplane';

const directory = temporaryDirectory();

afterAll(async () => {
  await stopRedis();
  await endPrograms();
});

/** A sentinel that is quick to find a master dead, and to promote its replica. */
async function watch(master: RedisServer): Promise<number> {
  const [port] = await freePorts(1);
  const config = join(directory, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    `dir ${directory}`,
    `sentinel monitor rooms 127.0.0.1 ${master.port} 1`,
    'sentinel down-after-milliseconds rooms 300',
    'sentinel failover-timeout rooms 2000',
  ];
  writeFileSync(config, lines.join('\n'));
  await new Program('redis-server', [config, '--sentinel']).prints(/Sentinel ID is/);
  return port;
}

it('RedisBackplane goes on at the replica that takes over', async () => {
  Logger.overrideLogger(false);
  const master = await RedisServer.start();
  const replica = await RedisServer.start({ replicaOf: master });
  const port = await watch(master);
  await until(async () => String(await replica.command('ROLE')).includes('connected'), 'replication');
  const sentinel = { nodes: [{ host: '127.0.0.1', port }], name: 'rooms' };
  const backplane = new RedisBackplane({ sentinel, prefix: 'sentinel:', timeoutMs: 500 });
  const heard = new Heard(backplane);
  const states: string[] = [];
  backplane.state.subscribe((state) => states.push(state));
  const { epoch } = await backplane.subscribe('a');
  await until(async () => String(await replica.command('EXISTS', 'sentinel:{a}')) === '1', 'replication');
  await backplane.publish('a', said('1'));
  await until(async () => String(await replica.command('XLEN', 'sentinel:{a}:stream')) === '1', 'replication');
  const knows = async () => String(await commandAt(port, 'SENTINEL', 'REPLICAS', 'rooms')).includes(`${replica.port}`);
  await until(knows, 'a sentinel that knows the replica');
  await master.kill();
  await until(() => states.at(-1) === 'degraded', 'degraded');
  await until(() => states.at(-1) === 'connected', 'connected');
  expect(await backplane.publish('a', said('2'))).toEqual({ epoch, offset: 2 });
  await heard.until(2);
  expect(heard.texts).toEqual(['1', '2']);
  await backplane.close();
}, 30_000);
