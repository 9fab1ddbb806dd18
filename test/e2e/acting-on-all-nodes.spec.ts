import { Identity, MemoryBackplane, RoomAction, RoomName, RoomPolicy } from '../../src';
import { RedisConnections, RedisNodes } from '../../src/adapters/redis';
import { Proxy, stopProxies } from '../support/proxy';
import { realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { nodesOn } from '../support/redis-nodes';
import { RedisServer, stopRedis } from '../support/redis-server';
import { until } from '../support/until';

let server: RedisServer;

beforeAll(async () => {
  server = await RedisServer.start();
});

afterEach(async () => {
  await stopAll();
  stopProxies();
});

afterAll(stopRedis);

class Doormen extends RoomPolicy {
  readonly refused = new Set<string>();

  override can({ userId }: Identity, _action: RoomAction, _room: RoomName): boolean {
    return !this.refused.has(userId);
  }
}

const done = (connections: number) => ({ connections, unanswered: [] });

/** Alice on both nodes, bob on the second, all in a room. */
async function gathering(options: RealtimeTestOptions = {}) {
  const [one, two] = await nodesOn([server.url, server.url], options);
  const [alice, phone, bob] = [await one.connect('alice'), await two.connect('alice'), await two.connect('bob')];
  for (const client of [alice, phone, bob]) await client.join('chat:1');
  return { one, two, alice, phone, bob };
}

describe('RoomsService on two nodes', () => {
  it('counts connections of both: all, of a user, in a room, and knows who is in', async () => {
    const { one, two } = await gathering();
    for (const { rooms } of [one, two]) {
      expect(await rooms.count()).toEqual(done(3));
      expect(await rooms.count({ user: 'alice' })).toEqual(done(2));
      expect(await rooms.count({ room: 'chat:1' })).toEqual(done(3));
      expect(await rooms.count({ room: 'chat:1', user: 'bob' })).toEqual(done(1));
      expect(await rooms.isMember('chat:1', 'bob')).toBe(true);
      expect(await rooms.isMember('chat:2', 'bob')).toBe(false);
    }
  });

  it('takes a user out of a room wherever it is connected', async () => {
    const { one, alice, phone, bob } = await gathering();
    const removed = await one.rooms.removeUser('chat:1', 'alice', { code: 'banned', message: 'Mind your words.' });
    expect(removed).toEqual(done(2));
    for (const client of [alice, phone]) {
      const { data } = await client.next('room_left');
      expect(data).toEqual({ room: 'chat:1', code: 'banned', message: 'Mind your words.' });
    }
    await bob.settled();
    expect(bob.unread).toEqual([]);
  });

  it('disconnects a user wherever it is connected', async () => {
    const { two, alice, phone, bob } = await gathering();
    expect(await two.rooms.disconnectUser('alice', 'Account closed')).toEqual(done(2));
    for (const client of [alice, phone]) expect(await client.closed).toEqual({ code: 4503, reason: 'Account closed' });
    await bob.settled();
  });

  it('asks the policy of each node again', async () => {
    const policy = new Doormen();
    const { one, bob, phone } = await gathering({ policy });
    policy.refused.add('bob');
    expect(await one.rooms.recheck({ room: 'chat:1' })).toEqual(done(1));
    expect((await bob.next('room_left')).data).toMatchObject({ room: 'chat:1', code: 'forbidden' });
    policy.refused.add('alice');
    expect(await one.rooms.recheck({ user: 'alice' })).toEqual(done(2));
    expect((await phone.next('room_left')).data.code).toBe('forbidden');
  });

  it('acts on both where another backplane is given beside Redis, and leaves no connection behind', async () => {
    const nodes = await Promise.all(
      [1, 2].map(() => nodesOn([server.url], { backplane: new MemoryBackplane() }, 'beside:')),
    );
    const [one, two] = nodes.flat();
    const bob = await two.connect('bob');
    expect(await one.rooms.disconnectUser('bob')).toEqual(done(1));
    expect((await bob.closed).code).toBe(4503);
    await stopAll();
    await until(async () => String(await server.command('CLIENT', 'LIST')).match(/id=/g)!.length === 1, 'nobody else');
  });

  it('names the node that does not answer', async () => {
    const proxy = await Proxy.to(server.port);
    const redis = (url: string) => new RedisConnections({ url, prefix: 'deaf:', timeoutMs: 10_000 });
    const near = redis(server.url);
    const one = await realtime({ redis: near, nodes: new RedisNodes(near, { timeoutMs: 200 }) });
    const far = redis(proxy.url);
    const nodes = new RedisNodes(far, { name: 'deaf' });
    const two = await realtime({ redis: far, nodes });
    const [alice, phone] = [await one.connect('alice'), await two.connect('alice')];
    expect(await one.rooms.count({ user: 'alice' })).toEqual(done(2));
    await phone.settled();
    proxy.stall();
    expect(await one.rooms.disconnectUser('alice')).toEqual({ connections: 1, unanswered: [nodes.name] });
    expect(nodes.name).toMatch(/^deaf-/);
    expect((await alice.closed).code).toBe(4503);
    await phone.settled();
    proxy.heal();
    expect((await phone.closed).code).toBe(4503);
  });

  it('does it on its own node when Redis is away, and says that the others were not reached', async () => {
    const proxy = await Proxy.to(server.port);
    const [one] = await nodesOn([proxy.url, server.url]);
    const alice = await one.connect('alice');
    proxy.cut();
    await expect(one.rooms.disconnectUser('alice')).rejects.toMatchObject({ code: 'unavailable' });
    expect((await alice.closed).code).toBe(4503);
  });
});
