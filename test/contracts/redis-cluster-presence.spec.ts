import { Logger } from '@nestjs/common';
import { RedisConnections, RedisPresence } from '../../src/adapters/redis';
import { RedisCluster } from '../support/redis-cluster';
import { stopRedis } from '../support/redis-server';
import { until } from '../support/until';
import { describePresence, describeSharedPresence, PresenceNode } from './presence';

const LEASE_MS = 1500;

let cluster: RedisCluster;
let prefixes = 0;
const running: RedisConnections[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  cluster = await RedisCluster.start();
}, 60_000);

afterEach(async () => {
  await Promise.all(running.splice(0).map((connections) => connections.close()));
});

afterAll(stopRedis);

function connect(prefix: string): RedisConnections {
  const connections = new RedisConnections({ cluster: { nodes: cluster.addresses }, prefix });
  running.push(connections);
  return connections;
}

const make = (count: number) => {
  const prefix = `presence${++prefixes}:`;
  return Array.from({ length: count }, () => new RedisPresence(connect(prefix), { leaseMs: LEASE_MS }));
};

describePresence('RedisPresence on a cluster', () => make(1)[0]);
describeSharedPresence('a Redis Cluster', make);

describe('a Redis Cluster', () => {
  it('has rooms on all its nodes, which are taken over from a node that is gone', async () => {
    const [x, y] = make(2).map((store, i) => new PresenceNode(store, 'xy'[i], 500));
    const rooms = Array.from({ length: 30 }, (_, i) => `room:${i}`);
    for (const room of rooms) x.join(room, 'alice');
    for (const room of rooms) await x.members(room);
    const masters = new Set<unknown>();
    for (const room of rooms) masters.add(await cluster.masterOf(`presence${prefixes}:{${room}}`));
    expect(masters.size).toBe(3);
    await running[0].close();
    await until(() => y.told.length === rooms.length, 'all farewells');
    expect(new Set(y.changes).size).toBe(rooms.length);
    await y.store.close();
  }, 20_000);

  it('that lost one of its nodes is told again who was there, and nobody else is', async () => {
    const [x] = make(1).map((store) => new PresenceNode(store, 'x', 500));
    const rooms = Array.from({ length: 30 }, (_, i) => `room:${i}`);
    for (const room of rooms) x.join(room, 'alice');
    for (const room of rooms) await x.members(room);
    await cluster.nodes[2].kill();
    await until(
      () =>
        Promise.all(rooms.map((room) => x.members(room))).then(
          () => false,
          () => true,
        ),
      'the loss',
    );
    await cluster.nodes[2].restart();
    await cluster.isWhole();
    const who = async (room: string) => (await x.who(room).catch(() => [])).join();
    for (const room of rooms) await until(async () => (await who(room)) === 'alice 1', `she is in ${room}`);
    expect(x.told).toHaveLength(rooms.length);
    await x.store.close();
  }, 30_000);
});
