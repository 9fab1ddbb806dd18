import { Logger } from '@nestjs/common';
import type { Renewal, Reset } from '../../src';
import { RedisBackplane } from '../../src/adapters/redis';
import { endPrograms } from '../support/program';
import { RedisServer, stopRedis } from '../support/redis-server';
import { Sentinel } from '../support/sentinel';
import { until } from '../support/until';
import { Heard, said } from './backplane';

afterAll(async () => {
  await stopRedis();
  await endPrograms();
});

it('RedisBackplane goes on at the replica that takes over', async () => {
  Logger.overrideLogger(false);
  const master = await RedisServer.start();
  const replica = await RedisServer.start({ replicaOf: master });
  const sentinel = await Sentinel.start(master);
  await sentinel.knows(replica);
  const backplane = new RedisBackplane({ sentinel: sentinel.address, prefix: 'sentinel:', timeoutMs: 500 });
  const heard = new Heard(backplane);
  const states: string[] = [];
  const resets: Reset[] = [];
  const renewals: Renewal[] = [];
  backplane.resets.subscribe((reset) => resets.push(reset));
  backplane.renewals.subscribe((renewal) => renewals.push(renewal));
  backplane.state.subscribe((state) => states.push(state));
  const { epoch } = await backplane.subscribe('a');
  await until(async () => String(await replica.command('EXISTS', 'sentinel:{a}')) === '1', 'replication');
  await backplane.publish('a', said('1'));
  await until(async () => String(await replica.command('XLEN', 'sentinel:{a}:stream')) === '1', 'replication');
  await master.kill();
  await until(() => states.at(-1) === 'degraded', 'degraded');
  await until(() => states.at(-1) === 'connected', 'connected');
  const position = await backplane.publish('a', said('2'));
  expect(position).toEqual({ epoch: expect.not.stringMatching(new RegExp(`^${epoch}$`)) as string, offset: 2 });
  await heard.until(2);
  expect(heard.texts).toEqual(['1', '2']);
  expect(renewals).toEqual([{ room: 'a', position: { epoch: position.epoch, offset: 1 }, left: 1 }]);
  expect(resets).toEqual([]);
  await backplane.close();
}, 30_000);
