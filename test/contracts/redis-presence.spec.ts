import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Presence, PresenceStore } from '../../src/features/presence';
import { RedisConnections, RedisPresence, RedisPresenceOptions } from '../../src/adapters/redis';
import { Proxy, stopProxies } from '../support/proxy';
import { RedisServer, stopRedis } from '../support/redis-server';
import { until } from '../support/until';
import { describePresence, describeSharedPresence, PresenceNode } from './presence';

/** Long enough for a busy machine, short enough to wait for. */
const LEASE_MS = 1500;

let server: RedisServer;
let redis: Redis;
let prefixes = 0;
const running: RedisConnections[] = [];
const stores: PresenceStore[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  server = await RedisServer.start();
  redis = new Redis(server.port);
});

afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await Promise.all(running.splice(0).map((connections) => connections.close()));
  stopProxies();
});

afterAll(async () => {
  redis.disconnect();
  await stopRedis();
});

function connect(prefix: string, url = server.url): RedisConnections {
  const connections = new RedisConnections({ url, prefix });
  running.push(connections);
  return connections;
}

/** As many nodes as there are URLs, and the connections of each. */
function nodesAt(urls: string[], graceMs = 1000, options: RedisPresenceOptions = {}) {
  const prefix = `presence${++prefixes}:`;
  return urls.map((url, i) => {
    const connections = connect(prefix, url);
    const store = new RedisPresence(connections, { leaseMs: LEASE_MS, ...options });
    stores.push(store);
    return Object.assign(new PresenceNode(store, 'xyz'[i], graceMs), { connections, prefix });
  });
}

const typesOf = (node: PresenceNode, user: string) =>
  node.told.filter(({ userId }) => userId === user).map(({ type }) => type);

describePresence('RedisPresence', () => new RedisPresence(connect(`presence${++prefixes}:`), { leaseMs: LEASE_MS }));

describeSharedPresence('a Redis', (count) => {
  const prefix = `presence${++prefixes}:`;
  return Array.from({ length: count }, () => new RedisPresence(connect(prefix), { leaseMs: LEASE_MS }));
});

describe('a node that is gone without a word', () => {
  it('is cleared up after by one of the others: each of its users is told gone once, who is elsewhere is not', async () => {
    const [x, y, z] = nodesAt([server.url, server.url, server.url]);
    for (let i = 0; i < 150; i++) x.join('a', `user${i}`);
    x.join('b', 'user0');
    x.join('a', 'alice');
    await x.members('a');
    y.join('a', 'alice');
    for (const node of [x, y]) await node.members('a');
    const died = Date.now();
    await x.connections.close();
    const left = () => [...y.told, ...z.told].filter(({ type }) => type === 'left');
    await until(() => left().length === 151, 'all are gone');
    expect(Date.now() - died).toBeLessThan(2 * LEASE_MS + 3000);
    expect(await y.who('a')).toEqual(['alice 1']);
    expect(await y.who('b')).toEqual([]);
    expect(new Set(left().map(({ userId, room }) => `${room} ${userId}`)).size).toBe(151);
    expect(typesOf(y, 'alice')).toEqual([]);
    const keys = await redis.keys(`${x.prefix}*`);
    const names = keys.map((key) => key.slice(x.prefix.length).replace(/[\w-]{12}/, 'NODE'));
    expect(names.filter((name) => !/^\{(presence|realtime)\}/.test(name)).sort()).toEqual([
      '{NODE}:rooms',
      '{a}:at:NODE',
      '{a}:order',
      '{a}:roster',
    ]);
    for (const key of keys.filter((each) => !each.endsWith(':mark')))
      expect(await redis.pttl(key)).toBeGreaterThan(60_000);
  });

  it('leaves its users the rest of their grace, for them to come back elsewhere', async () => {
    const [x, y] = nodesAt([server.url, server.url], 6000);
    x.join('a', 'alice');
    x.join('a', 'bob');
    await x.members('a');
    await x.connections.close();
    await until(async () => (await y.who('a')).includes('alice 0'), 'nobody has her connection');
    y.join('a', 'alice');
    await until(() => typesOf(y, 'bob').length === 1, 'bob is gone');
    expect(y.changes).toEqual(['bob left a 1']);
    expect(await y.who('a')).toEqual(['alice 1']);
  }, 15_000);
});

describe('a node that was cut off', () => {
  it('comes back with its users, who are told to have come when they were told to be gone', async () => {
    const proxy = await Proxy.to(server.port);
    const [far, near] = nodesAt([proxy.url, server.url]);
    far.join('a', 'alice');
    near.join('a', 'bob');
    await far.members('a');
    proxy.cut();
    await until(() => typesOf(near, 'alice').length === 1, 'alice is gone');
    await expect(far.members('a')).rejects.toMatchObject({ code: 'unavailable' });
    proxy.heal();
    await until(() => typesOf(far, 'alice').length === 2, 'alice is back');
    expect([typesOf(far, 'alice'), typesOf(near, 'alice')]).toEqual([['joined', 'joined'], ['left']]);
    expect((await near.who('a')).sort()).toEqual(['alice 1', 'bob 1']);
    await new Promise((resolve) => setTimeout(resolve, 2 * LEASE_MS));
    expect((await near.who('a')).sort()).toEqual(['alice 1', 'bob 1']);
    expect(near.told.length + far.told.length).toBe(4);
  }, 20_000);

  it('leaves nothing behind of what arrives late under the name it had', async () => {
    const proxy = await Proxy.to(server.port);
    const [far, near] = nodesAt([proxy.url, server.url]);
    far.join('a', 'alice');
    near.join('a', 'bob');
    await far.members('a');
    proxy.seal();
    const carol = far.join('a', 'carol');
    await until(() => typesOf(near, 'alice').length === 1, 'alice is gone');
    proxy.heal();
    await until(() => typesOf(far, 'alice').length === 2, 'alice is back');
    await until(async () => (await near.who('a')).sort().join() === 'alice 1,bob 1,carol 1', 'each of them once');
    far.store.leave('a', carol, 'left');
    await until(async () => (await near.who('a')).sort().join() === 'alice 1,bob 1', 'she is gone');
    expect(await redis.keys(`${far.prefix}{a}:at:*`)).toHaveLength(2);
  }, 20_000);

  it('writes afterwards who came and left meanwhile', async () => {
    const proxy = await Proxy.to(server.port);
    const [far, near] = nodesAt([proxy.url, server.url], 60_000);
    const alice = far.join('a', 'alice');
    const bob = far.join('a', 'bob');
    await far.members('a');
    proxy.cut();
    far.store.leave('a', alice, 'left');
    far.store.leave('a', bob, 'lost');
    far.join('a', 'carol');
    far.join('b', 'carol');
    await expect(far.members('a')).rejects.toMatchObject({ code: 'unavailable' });
    proxy.heal();
    await until(async () => (await near.who('a')).includes('carol 1'), 'carol is there');
    await until(() => typesOf(far, 'alice').length === 2, 'alice is gone');
    expect(await near.who('a')).toEqual(['bob 0', 'carol 1']);
    await until(async () => (await near.who('b')).includes('carol 1'), 'carol is there, too');
    await until(() => typesOf(far, 'carol').length === 2, 'both are told');
    expect(typesOf(far, 'carol')).toEqual(['joined', 'joined']);
  }, 20_000);
});

describe('a Redis', () => {
  it('that was away takes no node with it', async () => {
    const [x, y] = nodesAt([server.url, server.url], 300);
    x.join('a', 'alice');
    y.join('a', 'bob');
    for (const node of [x, y]) await node.members('a');
    server.pause();
    await new Promise((resolve) => setTimeout(resolve, 2 * LEASE_MS));
    server.resume();
    await until(async () => (await x.who('a').catch(() => [])).length === 2, 'Redis answers');
    await new Promise((resolve) => setTimeout(resolve, 2 * LEASE_MS));
    expect((await y.who('a')).sort()).toEqual(['alice 1', 'bob 1']);
    expect([x.changes.length, y.changes.length]).toEqual([1, 1]);
  }, 20_000);

  it('that is flushed is told again who is there, and nobody else is; who is due goes all the same', async () => {
    const [x, y] = nodesAt([server.url, server.url], 6000);
    x.join('a', 'alice');
    y.join('a', 'bob', { meta: '{"n":1}' });
    const carol = y.join('a', 'carol');
    for (const node of [x, y]) await node.members('a');
    y.store.leave('a', carol, 'lost');
    await y.members('a');
    await redis.flushall();
    await until(async () => (await x.who('a')).length === 3, 'all are there');
    expect((await x.who('a')).sort()).toEqual(['alice 1', 'bob 1', 'carol 0']);
    await until(() => typesOf(y, 'carol').length + typesOf(x, 'carol').length === 2, 'carol is gone');
    const told = [...x.told, ...y.told].map(({ type, userId }) => `${userId} ${type}`);
    expect(told.sort()).toEqual(['alice joined', 'bob joined', 'carol joined', 'carol left']);
    expect((await x.members('a')).members.find(({ user_id }) => user_id === 'bob')?.meta).toEqual({ n: 1 });
  }, 20_000);

  it('does for a join and a leave what does not grow with the room', async () => {
    const [x] = nodesAt([server.url]);
    x.join('a', 'user');
    await x.members('a');
    const calls = async (work: () => unknown) => {
      await redis.config('RESETSTAT');
      await work();
      await x.members('a', { limit: 1 });
      const stats = await redis.info('commandstats');
      return ['hget', 'hset', 'hincrby', 'zadd', 'zrem', 'sadd', 'srem', 'zrange', 'scard', 'smembers', 'hgetall'].map(
        (name) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0),
      );
    };
    let alice: Presence | undefined;
    const coming = () => (alice = x.join('a', 'alice'));
    const leaving = () => x.store.leave('a', alice!, 'left');
    const few = [await calls(coming), await calls(leaving)];
    for (let i = 0; i < 2000; i++) x.join('a', `user${i}`);
    await x.members('a');
    const many = [await calls(coming), await calls(leaving)];
    const most = (counts: number[][]) => counts.map((each) => each.reduce((sum, count) => sum + count, 0));
    // Between two of them the node may be heard, and a room looked after.
    for (const [i, sum] of most(many).entries()) expect(sum).toBeLessThanOrEqual(most(few)[i] + 12);
  }, 20_000);

  it('that has lost a room is told again who is there, and nobody else is', async () => {
    const [x, y] = nodesAt([server.url, server.url], 1000, { roundMs: 500 });
    for (const user of ['alice', 'bob']) x.join('a', user);
    y.join('a', 'carol');
    for (const node of [x, y]) await node.members('a');
    await redis.del(await redis.keys(`${x.prefix}{a}*`));
    await until(async () => (await x.who('a')).length === 3, 'all are there again');
    expect((await x.who('a')).sort()).toEqual(['alice 1', 'bob 1', 'carol 1']);
    expect([...x.told, ...y.told]).toHaveLength(3);
  });

  it('that has users of a node the node knows nothing of is told that they are gone', async () => {
    const [x] = nodesAt([server.url], 1000, { roundMs: 500 });
    const alice = x.join('a', 'alice');
    x.join('a', 'bob');
    await x.members('a');
    const keys = ['roster', 'order', 'due'].map((name) => `${x.prefix}{a}:${name}`);
    const [at] = await redis.keys(`${x.prefix}{a}:at:*`);
    const before = await Promise.all([...keys, at].map(async (key) => [key, await redis.dumpBuffer(key)] as const));
    x.store.leave('a', alice, 'left');
    await x.members('a');
    for (const [key, dump] of before) if (dump) await redis.restore(key, 0, dump, 'REPLACE');
    await until(() => x.changes.length === 4, 'she is gone once more');
    expect(x.changes[3]).toBe('alice left a 1');
    expect(await x.who('a')).toEqual(['bob 1']);
  });

  it.each([
    [{ leaseMs: 5 }, 'RedisPresence: leaseMs must be a number, 100 to 600000, got 5.'],
    [{ roundMs: NaN }, 'RedisPresence: roundMs must be a number, 100 to 600000, got NaN.'],
  ])('has options that are checked: %j', (options, told) => {
    expect(() => nodesAt([server.url], 1000, options)).toThrow(told);
  });

  it('gives who was lost meanwhile some time to come back, once Redis is', async () => {
    const proxy = await Proxy.to(server.port);
    const [x] = nodesAt([proxy.url], 100);
    const alice = x.join('a', 'alice');
    await x.members('a');
    let connectedAt = Infinity;
    x.connections.state.subscribe((state) => (connectedAt = state === 'connected' ? Date.now() : Infinity));
    proxy.cut();
    x.store.leave('a', alice, 'lost');
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS));
    proxy.heal();
    await until(() => typesOf(x, 'alice').includes('left'), 'she is gone');
    expect(Date.now() - connectedAt).toBeGreaterThanOrEqual(LEASE_MS / 2 - 5);
  });
});
