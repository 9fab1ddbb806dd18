import { PresenceOptions, PresenceStore } from '../../src/features/presence';
import type { TestClient } from '../support/client';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

const ROOM = 'chat:lobby';
const TIME = expect.stringMatching(/^\d{4}-.*Z$/) as string;

const told = (presence: Partial<PresenceOptions> = {}, options: RealtimeTestOptions = {}) =>
  realtime({ ...options, presence: { announceMaxConnections: 1000, ...presence } });

const who = async (client: TestClient, room = ROOM) => {
  const { data } = await client.request<'presence'>('presence', { room });
  return data.members.map(({ user_id, connections }) => `${user_id} ${connections}`);
};

/** What a client was told of the others, in short. */
async function heard(client: TestClient): Promise<string[]> {
  await client.settled();
  return client.unread.splice(0).map(({ type, data }) => `${String(data.user_id)} ${type}`);
}

describe('presence', () => {
  it('says who is in a room, since when they are, over how many connections, and what they tell', async () => {
    const { connect } = await told();
    const alice = await connect('alice', { name: 'Alice' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const joining = Date.now();
    await alice.request('join_room', { room: ROOM, meta: { device: 'desk', tabs: [1, 2] } });
    const bob = await connect('bob', { name: 'Bob', query: `?room=${ROOM}` });
    const phone = await connect('alice', { name: 'Alice' });
    await phone.join(ROOM);
    const { data } = await bob.request<'presence'>('presence', { room: ROOM });
    expect(data).toEqual({
      room: ROOM,
      members: [
        { user_id: 'alice', name: 'Alice', connections: 2, joined_at: TIME, meta: { device: 'desk', tabs: [1, 2] } },
        { user_id: 'bob', name: 'Bob', connections: 1, joined_at: TIME },
      ],
    });
    expect(Date.parse(data.members[0].joined_at)).toBeGreaterThanOrEqual(joining);
    await phone.request('join_room', { room: ROOM, meta: { device: 'phone' } });
    await phone.join(ROOM);
    expect((await bob.request<'presence'>('presence', { room: ROOM })).data.members[0]).toEqual({
      ...data.members[0],
      meta: { device: 'phone' },
    });
  });

  it('tells the members when a user comes with the first connection and goes with the last, without an offset', async () => {
    const { connect } = await told();
    const alice = await connect('alice');
    await alice.join(ROOM);
    const [bob, phone] = [await connect('bob', { name: 'Bob' }), await connect('bob', { name: 'Bob' })];
    await bob.join(ROOM);
    expect(await alice.next('user_joined')).toEqual({
      type: 'user_joined',
      data: { user_id: 'bob', name: 'Bob' },
      message_id: expect.any(String) as string,
      timestamp: TIME,
      room: ROOM,
    });
    await phone.join(ROOM);
    await phone.join(ROOM);
    await bob.request('leave_room', { room: ROOM });
    expect(await heard(alice)).toEqual([]);
    await phone.request('leave_room', { room: ROOM });
    expect((await alice.next('user_left')).data).toEqual({ user_id: 'bob', name: 'Bob' });
    for (const client of [bob, phone, alice]) expect(await heard(client)).toEqual([]);
    expect((await alice.request<'history'>('history', { room: ROOM })).data).toMatchObject({ offset: 0, messages: [] });
  });

  it('hides a lost connection for the grace, and shows who is still taken for present', async () => {
    const { connect } = await told({ graceMs: 700 });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    for (const client of [alice, bob]) await client.join(ROOM);
    expect(await heard(alice)).toEqual(['bob user_joined']);
    const before = await who(alice);
    bob.drop();
    await until(async () => (await who(alice)).includes('bob 0'), 'the loss');
    const again = await connect('bob');
    const joined = await again.request<'room_joined'>('join_room', { room: ROOM, presence: true });
    expect(joined.data.members?.map(({ user_id, connections }) => `${user_id} ${connections}`)).toEqual(before);
    await again.close();
    const lost = Date.now();
    expect((await alice.next('user_left')).data.user_id).toBe('bob');
    expect(Date.now() - lost).toBeGreaterThan(600);
    expect(await heard(alice)).toEqual([]);
    expect(await who(alice)).toEqual(['alice 1']);
  });

  it('waits for nobody who leaves, is taken out, or is told not to come back', async () => {
    const { connect, rooms } = await told({ graceMs: 60_000 });
    const alice = await connect('alice');
    await alice.join(ROOM);
    const ends: [string, (client: TestClient) => unknown][] = [
      ['bob', (bob) => bob.request('leave_room', { room: ROOM })],
      ['carol', () => rooms.removeUser(ROOM, 'carol', { code: 'banned' })],
      ['dave', () => rooms.disconnectUser('dave')],
      ['erin', (erin) => erin.raw(Buffer.from([1, 2, 3]))],
    ];
    for (const [user, end] of ends) {
      const client = await connect(user);
      await client.join(ROOM);
      expect((await alice.next('user_joined')).data.user_id).toBe(user);
      await end(client);
      expect((await alice.next('user_left')).data.user_id).toBe(user);
    }
    expect(await who(alice)).toEqual(['alice 1']);
  });

  it('is not about the rooms the server keeps a connection in', async () => {
    const { connect, rooms } = await told();
    const [alice, phone] = [await connect('alice'), await connect('alice')];
    const joined = await alice.request<'room_joined'>('join_room', { room: 'user:alice', presence: true });
    expect(joined.data.members).toEqual([]);
    expect(await who(alice, 'user:alice')).toEqual([]);
    expect(await rooms.members('user:alice')).toEqual([]);
    expect((await phone.refusal('presence', { room: 'user:bob' })).code).toBe('forbidden');
    await phone.close();
    expect(await heard(alice)).toEqual([]);
  });

  it('takes a room and nothing else', async () => {
    const { connect } = await told();
    const bob = await connect('bob');
    await bob.join(ROOM);
    expect(await who(bob)).toEqual(['bob 1']);
    for (const data of [{}, { room: 'a b' }, { room: 7 }, { room: ROOM, limit: 1 }]) {
      expect((await bob.refusal('presence', data)).code).toBe('validation_failed');
    }
  });

  it('is carried out whenever it is asked for, also under the same id', async () => {
    const { connect } = await told();
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    await alice.join(ROOM);
    const ask = () => alice.request<'presence'>('presence', { room: ROOM }, 'same');
    expect((await ask()).data.members).toHaveLength(1);
    await bob.join(ROOM);
    expect((await ask()).data.members).toHaveLength(2);
  });
});

describe('what a connection tells about itself', () => {
  it.each([
    ['1024 bytes', { text: 'x'.repeat(1013) }, 'room_joined'],
    ['1025 bytes', { text: 'x'.repeat(1014) }, 'error'],
    ['1025 bytes of fewer characters', { text: `x${'ä'.repeat(506)}x` }, 'error'],
    ['an array', ['a'], 'error'],
    ['a text', 'phone', 'error'],
    ['a number', 7, 'error'],
    ['null', null, 'room_joined'],
    ['nothing', {}, 'room_joined'],
  ])('is an object of at most 1024 bytes: %s', async (_, meta, type) => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    const reply = await alice.request('join_room', { room: ROOM, meta });
    expect(reply.type).toBe(type);
    if (type === 'error') expect(reply.data).toMatchObject({ code: 'validation_failed', details: [{ field: 'meta' }] });
  });

  it('is shown as it was sent, whatever its keys', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    const text = '{"constructor":1,"__proto__":{"a":[]},"toString":null,"n":1e-7}';
    alice.raw(`{"type":"join_room","data":{"room":"${ROOM}","meta":${text}}}`);
    await alice.next('room_joined');
    const { data } = await alice.request<'presence'>('presence', { room: ROOM });
    expect(JSON.stringify(data.members[0].meta)).toBe(text);
  });
});

describe('a list of members', () => {
  it('ends at 256 KiB, and says that there are more', async () => {
    const { connect } = await realtime({ connections: { maxPerAddress: 1000 } });
    const meta = { text: 'x'.repeat(1000) };
    for (let i = 0; i < 260; i++) await (await connect(`user${i}`)).request('join_room', { room: ROOM, meta });
    const alice = await connect('alice');
    const joined = await alice.request<'room_joined'>('join_room', { room: ROOM, presence: true });
    expect(joined.data).toMatchObject({ has_more: true });
    expect(joined.data.members?.at(-1)).toMatchObject({ user_id: 'alice', connections: 1 });
    const { data } = await alice.request<'presence'>('presence', { room: ROOM });
    expect(data.has_more).toBe(true);
    expect(JSON.stringify(data.members).length).toBeLessThan(257 * 1024);
    expect(data.members.length).toBeGreaterThan(200);
  }, 30_000);
});

describe('announcements', () => {
  it('end where a room has more connections than they are for', async () => {
    const { connect } = await told({ announceMaxConnections: 3 });
    const alice = await connect('alice');
    await alice.join(ROOM);
    const others: TestClient[] = [];
    for (const user of ['bob', 'carol', 'dave', 'erin']) {
      const client = await connect(user);
      await client.join(ROOM);
      others.push(client);
    }
    expect(await heard(alice)).toEqual(['bob user_joined', 'carol user_joined']);
    for (const client of others.reverse()) await client.request('leave_room', { room: ROOM });
    expect(await heard(alice)).toEqual(['dave user_left', 'carol user_left', 'bob user_left']);
  });

  it('are switched off by room kind, or for all', async () => {
    const tried = async (server: Realtime, room: string) => {
      const [alice, bob] = [await server.connect('alice'), await server.connect('bob')];
      for (const client of [alice, bob]) await client.join(room);
      expect(await who(alice, room)).toEqual(['alice 1', 'bob 1']);
      await bob.request('leave_room', { room });
      return heard(alice);
    };
    const some = await told({}, { roomKinds: { feed: { announce: false }, chat: { announce: true } } });
    expect(await tried(some, 'feed:1')).toEqual([]);
    expect(await tried(some, 'chat:1')).toEqual(['bob user_joined', 'bob user_left']);
    expect(await tried(await told({ announceMaxConnections: 0 }), 'chat:1')).toEqual([]);
  });

  it('leave no trace in the store when all are gone', async () => {
    const { connect, app } = await told({ graceMs: 50 });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    for (const client of [alice, bob]) await client.join(ROOM);
    alice.drop();
    await bob.close();
    const store = app.get(PresenceStore);
    const members = async () => (await store.members(ROOM, { limit: 10, maxBytes: 1e6 })).members;
    await until(async () => (await members()).length === 0, 'all are gone');
  });
});
