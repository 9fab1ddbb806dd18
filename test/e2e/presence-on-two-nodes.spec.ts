import { RedisConnections, RedisPresence } from '../../src/adapters/redis';
import type { TestClient } from '../support/client';
import { Proxy, stopProxies } from '../support/proxy';
import { Realtime, realtime, stopAll } from '../support/realtime';
import { LEASE_MS, nodesOn } from '../support/redis-nodes';
import { RedisServer, stopRedis } from '../support/redis-server';
import { until } from '../support/until';

const ROOM = 'chat:lobby';

let server: RedisServer;

beforeAll(async () => {
  server = await RedisServer.start();
});

afterEach(async () => {
  await stopAll();
  stopProxies();
});

afterAll(stopRedis);

const nodes = (urls: string[], graceMs = 1000) =>
  nodesOn(urls, { presence: { graceMs, announceMaxConnections: 1000 } });

const who = async (client: TestClient) => {
  const { data } = await client.request<'presence'>('presence', { room: ROOM });
  return data.members.map(({ user_id, connections }) => `${user_id} ${connections}`);
};

async function joined(node: Realtime, user: string): Promise<TestClient> {
  const client = await node.connect(user);
  await client.join(ROOM);
  await who(client);
  return client;
}

/** What a client was told of the others so far, in short. */
const heard = (client: TestClient) =>
  client.unread
    .filter(({ type }) => type.startsWith('user_'))
    .map(({ type, data }) => `${String(data.user_id)} ${type}`);

describe('presence on two nodes', () => {
  it('is the same on both, for clients and for the application', async () => {
    const [one, two] = await nodes([server.url, server.url]);
    const alice = await joined(one, 'alice');
    const bob = await two.connect('bob');
    const reply = await bob.request<'room_joined'>('join_room', { room: ROOM, presence: true, meta: { n: 1 } });
    expect(reply.data.members).toMatchObject([
      { user_id: 'alice', connections: 1 },
      { user_id: 'bob', connections: 1, meta: { n: 1 } },
    ]);
    expect((await alice.next('user_joined')).data).toEqual({ user_id: 'bob', name: 'bob' });
    const phone = await joined(one, 'bob');
    for (const client of [alice, bob, phone]) expect(await who(client)).toEqual(['alice 1', 'bob 2']);
    expect(await one.rooms.members(ROOM)).toEqual(await two.rooms.members(ROOM));
    await bob.request('leave_room', { room: ROOM });
    await phone.request('leave_room', { room: ROOM });
    expect((await alice.next('user_left')).data).toEqual({ user_id: 'bob', name: 'bob' });
    expect(heard(alice)).toEqual([]);
  });

  it('does not notice a user who drops and is back at the other one', async () => {
    const [one, two] = await nodes([server.url, server.url], 1500);
    const [alice, bob] = [await joined(one, 'alice'), await joined(one, 'bob')];
    const carol = await joined(two, 'carol');
    await alice.next('user_joined');
    await alice.next('user_joined');
    for (const client of [bob, carol]) client.drop();
    await until(async () => (await who(alice)).includes('bob 0'), 'the loss');
    await joined(two, 'bob');
    expect((await alice.next('user_left')).data.user_id).toBe('carol');
    expect(await who(alice)).toEqual(['alice 1', 'bob 1']);
    expect(heard(alice)).toEqual([]);
  });

  it('goes on through the end of one: who comes back when told to was never away, who does not is gone', async () => {
    const presence = { graceMs: 300, announceMaxConnections: 1000 };
    const [one, two] = await nodesOn([server.url, server.url], { presence, drain: { windowMs: 2500 } });
    const alice = await joined(two, 'alice');
    for (const user of ['bob', 'carol']) {
      await joined(one, user);
      await alice.next('user_joined');
    }
    const left = Date.now();
    await one.app.close();
    expect(await who(alice)).toEqual(['alice 1', 'bob 0', 'carol 0']);
    await until(() => Date.now() - left > 1000, 'the grace of a lost connection is over, and more');
    await joined(two, 'bob');
    expect((await alice.next('user_left')).data.user_id).toBe('carol');
    expect(Date.now() - left).toBeGreaterThanOrEqual(2795);
    expect(await who(alice)).toEqual(['alice 1', 'bob 1']);
    expect(heard(alice)).toEqual([]);
  }, 15_000);

  it('ends for the users of one that is dead to the others, told once; and comes back with it', async () => {
    const proxy = await Proxy.to(server.port);
    const [far, near] = await nodes([proxy.url, server.url]);
    const [alice, bob] = [await joined(far, 'alice'), await joined(far, 'bob')];
    const carol = await joined(near, 'carol');
    const phone = await joined(near, 'bob');
    proxy.cut();
    expect((await carol.next('user_left')).data.user_id).toBe('alice');
    expect(await who(carol)).toEqual(['bob 1', 'carol 1']);
    expect((await alice.refusal('presence', { room: ROOM })).code).toBe('unavailable');
    proxy.heal();
    expect((await carol.next('user_joined')).data.user_id).toBe('alice');
    await until(async () => (await who(carol)).includes('bob 2'), 'both connections');
    await new Promise((resolve) => setTimeout(resolve, 2 * LEASE_MS));
    expect((await who(carol)).sort()).toEqual(['alice 1', 'bob 2', 'carol 1']);
    for (const client of [carol, phone, bob]) await client.settled();
    expect(heard(carol)).toEqual([]);
    expect(heard(phone)).toEqual(['alice user_left', 'alice user_joined']);
  }, 20_000);

  it('is told to nobody anew when Redis is flushed', async () => {
    const [one, two] = await nodes([server.url, server.url]);
    const [alice, bob] = [await joined(one, 'alice'), await joined(two, 'bob')];
    await alice.next('user_joined');
    await server.command('FLUSHALL');
    await until(async () => (await who(alice)).length === 2, 'both are there again');
    expect((await who(bob)).sort()).toEqual(['alice 1', 'bob 1']);
    await joined(one, 'carol');
    for (const client of [alice, bob]) expect((await client.next('user_joined')).data.user_id).toBe('carol');
    for (const client of [alice, bob]) expect(heard(client)).toEqual([]);
  }, 15_000);
});

describe('while presence cannot be stored', () => {
  it('rooms are joined all the same, and who came is listed afterwards', async () => {
    const proxy = await Proxy.to(server.port);
    const redis = new RedisConnections({ url: proxy.url, prefix: 'apart:' });
    const node = await realtime({ presence: { store: new RedisPresence(redis, { leaseMs: LEASE_MS }) } });
    const [alice, bob] = [await joined(node, 'alice'), await node.connect('bob')];
    proxy.cut();
    expect(await bob.join(ROOM)).toMatchObject({ room: ROOM });
    const unavailable = { code: 'unavailable', retryable: true };
    expect(await bob.refusal('presence', { room: ROOM })).toMatchObject(unavailable);
    expect(await bob.refusal('join_room', { room: 'chat:other', presence: true })).toMatchObject(unavailable);
    expect((await bob.request<'status'>('status')).data.rooms).toEqual([ROOM]);
    await expect(node.rooms.members(ROOM)).rejects.toMatchObject({ code: 'unavailable' });
    await node.events.emit('task.created', { n: 1 }, { room: ROOM });
    for (const client of [alice, bob]) await client.next('task.created');
    proxy.heal();
    await until(async () => {
      const reply = await alice.request<'presence'>('presence', { room: ROOM });
      return reply.type === 'presence' && reply.data.members.length === 2;
    }, 'both are listed');
    expect(node.log.of('error')).toEqual([]);
    await node.close();
    await redis.close();
  }, 15_000);
});
