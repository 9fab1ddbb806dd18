import { Logger } from '@nestjs/common';
import { RedisConnections, RedisNodes } from '../../src/adapters/redis';
import { RedisCluster } from '../support/redis-cluster';
import { stopRedis } from '../support/redis-server';
import { until } from '../support/until';
import { describeNodes } from './nodes';

let cluster: RedisCluster;
let prefixes = 0;
const running: RedisConnections[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  cluster = await RedisCluster.start();
}, 60_000);

afterEach(async () => {
  for (const connections of running.splice(0)) await connections.close();
});

afterAll(stopRedis);

function make(prefix: string): RedisNodes {
  const connections = new RedisConnections({ cluster: { nodes: cluster.addresses }, prefix, timeoutMs: 500 });
  running.push(connections);
  return new RedisNodes(connections, { leaseMs: 1000 });
}

describeNodes('RedisNodes on a cluster', async (count) => {
  const prefix = `nodes${++prefixes}:`;
  return Array.from({ length: count }, () => make(prefix));
});

it('RedisNodes on a cluster goes on when the slot of its channels moves', async () => {
  const [one, two] = [make('move:'), make('move:')];
  for (const node of [one, two]) node.handle('recheck', () => ({ connections: 1 }));
  await one.open();
  await two.open();
  const key = 'move:{nodes}';
  for (const server of cluster.nodes) {
    if ((await cluster.masterOf(key)) === server) continue;
    await cluster.move(key, server);
    const all = async () =>
      (await one.ask({ type: 'recheck' }, { timeoutMs: 100 }).catch(() => undefined))?.answers.size === 2;
    await until(all, 'answers of both');
  }
  await one.close();
  await two.close();
});
