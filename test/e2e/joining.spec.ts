import { RoomRegistry } from '../../src/rooms/room-registry';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

describe('joining and leaving', () => {
  it('creates a room at its first join, and lets it go with the last leave', async () => {
    const { app, connect, rooms } = await realtime();
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    const names = (): string[] => [...app.get(RoomRegistry).names].filter((name) => name.startsWith('chat:'));
    expect(names()).toEqual([]);
    const created = await alice.join('chat:1');
    expect(created).toMatchObject({ room: 'chat:1', offset: 0, recovered: false, replayed: 0 });
    expect((await bob.join('chat:1')).epoch).toBe(created.epoch);
    expect(names()).toEqual(['chat:1']);
    expect((await rooms.count({ room: 'chat:1' })).connections).toBe(2);

    expect((await alice.request('leave_room', { room: 'chat:1' })).data).toEqual({ room: 'chat:1' });
    expect(names()).toEqual(['chat:1']);
    await bob.request('leave_room', { room: 'chat:1' });
    expect(names()).toEqual([]);
    expect((await rooms.count({ room: 'chat:1' })).connections).toBe(0);
  });

  it('lets a room go when its last member is gone, whichever way', async () => {
    const { app, connect, open } = await realtime();
    const alice = await connect('alice', { query: '?room=chat:1' });
    await alice.next('room_joined');
    alice.drop();
    const watcher = await open();
    while (app.get(RoomRegistry).find('chat:1')) await watcher.settled();
    while (app.get(RoomRegistry).find('user:alice')) await watcher.settled();
    expect([...app.get(RoomRegistry).names]).toEqual([]);
  });

  it('says in status which rooms were joined, not the ones the server keeps the connection in', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    await alice.join('a');
    await alice.join('b');
    await alice.join('user:alice');
    await alice.request('leave_room', { room: 'a' });
    expect((await alice.request<'status'>('status')).data.rooms).toEqual(['b']);
  });

  it('brings nothing after room_left, and nothing before a join', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    await events.emit('task.created', { n: 1 }, { room: 'project:1' });
    await alice.join('project:1');
    await events.emit('task.created', { n: 2 }, { room: 'project:1' });
    const left = alice.request('leave_room', { room: 'project:1' });
    await events.emit('task.created', { n: 3 }, { room: 'project:1' });
    await left;
    await events.emit('task.created', { n: 4 }, { room: 'project:1' });
    await alice.settled();
    const types = alice.frames.map(({ type }) => type);
    const after = types.slice(types.indexOf('room_left') + 1);
    expect(after).toEqual(['pong']);
    const seen = alice.frames.filter(({ type }) => type === 'task.created').map(({ offset }) => offset);
    expect([[2], [2, 3]]).toContainEqual(seen);
  });

  it('refuses to leave a room the client is not in', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    await alice.join('chat:1');
    await alice.request('leave_room', { room: 'chat:1' });
    expect(await alice.refusal('leave_room', { room: 'chat:1' })).toMatchObject({ code: 'not_member' });
    expect(await alice.refusal('leave_room', { room: 'never:seen' })).toMatchObject({ code: 'not_member' });
    expect(await alice.refusal('leave_room', { room: '*' })).toMatchObject({ code: 'validation_failed' });
  });

  it('answers who is there, each user once, the one who joins included', async () => {
    const { connect } = await realtime();
    const [alice, phone] = [await connect('alice', { name: 'Alice' }), await connect('alice', { name: 'Alice' })];
    const bob = await connect('bob', { name: 'Bob' });
    await alice.join('chat:1');
    await phone.join('chat:1');
    const { data } = await bob.request<'room_joined'>('join_room', { room: 'chat:1', presence: true });
    expect(data.members).toEqual([
      { user_id: 'alice', name: 'Alice', connections: 2, joined_at: expect.stringMatching(/^\d{4}-.*Z$/) as string },
      { user_id: 'bob', name: 'Bob', connections: 1, joined_at: expect.stringMatching(/^\d{4}-.*Z$/) as string },
    ]);
    const again = await bob.request<'room_joined'>('join_room', { room: 'chat:1', presence: true });
    expect(again.data.members?.map(({ user_id, connections }) => [user_id, connections])).toEqual([
      ['alice', 2],
      ['bob', 1],
    ]);
  });
});

describe('limits on joining', () => {
  it('holds 128 rooms a connection, its own user room not counted', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    for (let i = 0; i < 128; i++) await alice.join(`room:${i}`);
    await alice.join('user:alice');
    expect(await alice.refusal('join_room', { room: 'room:128' })).toMatchObject({
      code: 'limit_exceeded',
      retryable: false,
    });
    await alice.join('room:5');
    await alice.request('leave_room', { room: 'room:5' });
    await alice.join('room:128');
  });

  it('fills a room up to its limit, by kind where one is given', async () => {
    const { connect } = await realtime({ rooms: { maxMembers: 2 }, roomKinds: { duel: { maxMembers: 1 } } });
    const [alice, bob, carol] = [await connect('alice'), await connect('bob'), await connect('carol')];
    await alice.join('chat:1');
    await bob.join('chat:1');
    expect(await carol.refusal('join_room', { room: 'chat:1' })).toMatchObject({ code: 'room_full', retryable: true });
    await alice.join('duel:1');
    expect(await bob.refusal('join_room', { room: 'duel:1' })).toMatchObject({ code: 'room_full' });
    await alice.join('duel:1');
    await alice.request('leave_room', { room: 'duel:1' });
    await bob.join('duel:1');
  });

  it('lets no more in when many join at once', async () => {
    const { connect, rooms } = await realtime({ rooms: { maxMembers: 3 } });
    const clients = await Promise.all(Array.from({ length: 10 }, (_, i) => connect(`user${i}`)));
    const replies = await Promise.all(clients.map((client) => client.request('join_room', { room: 'chat:1' })));
    expect(replies.filter(({ type }) => type === 'room_joined')).toHaveLength(3);
    expect(replies.filter(({ data }) => data.code === 'room_full')).toHaveLength(7);
    expect((await rooms.count({ room: 'chat:1' })).connections).toBe(3);
  });
});

describe('the room of a user', () => {
  it('is joined from the start, read by its own user only, and written by the server only', async () => {
    const { connect, events } = await realtime();
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    await events.emit('invoice.paid', { n: 1 }, { user: 'alice' });
    expect(await alice.next('invoice.paid')).toMatchObject({ room: 'user:alice', offset: 1 });
    for (const [type, data] of [
      ['join_room', {}],
      ['chat', { text: 'hello' }],
      ['broadcast', { event: 'invoice.paid', data: {} }],
      ['history', {}],
      ['leave_room', {}],
    ] as const) {
      const code = type === 'leave_room' ? 'not_member' : 'forbidden';
      expect([type, (await bob.refusal(type, { room: 'user:alice', ...data })).code]).toEqual([type, code]);
    }
    for (const type of ['chat', 'broadcast', 'leave_room']) {
      const data = { chat: { text: 'me' }, broadcast: { event: 'invoice.paid', data: {} }, leave_room: {} }[type];
      expect([type, (await alice.refusal(type, { room: 'user:alice', ...data })).code]).toEqual([type, 'forbidden']);
    }
    await bob.settled();
    expect(bob.unread).toEqual([]);
  });

  it('can be resumed like any other', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    const { epoch, offset } = await alice.join('user:alice');
    alice.drop();
    await alice.closed;
    await events.emit('invoice.paid', { n: 1 }, { user: 'alice' });
    const again = await connect('alice');
    expect(await again.join('user:alice', { epoch, offset })).toMatchObject({ recovered: true, replayed: 1 });
    expect(await again.next('invoice.paid')).toMatchObject({ room: 'user:alice', offset: 1, data: { n: 1 } });
    await events.emit('invoice.paid', { n: 2 }, { user: 'alice' });
    expect(await again.next('invoice.paid')).toMatchObject({ offset: 2 });
    await again.settled();
    expect(again.unread).toEqual([]);
  });
});

describe('subscription', () => {
  it('joins and leaves by what the room is about', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    const subscribe = async (data: object) => alice.request('subscription', { action: 'subscribe', ...data });
    expect(await subscribe({ project_id: 42 })).toMatchObject({ type: 'room_joined', data: { room: 'project:42' } });
    expect(await subscribe({ board_id: 'b-7' })).toMatchObject({ type: 'room_joined', data: { room: 'board:b-7' } });
    expect(await subscribe({ room: 'chat:1' })).toMatchObject({ type: 'room_joined', data: { room: 'chat:1' } });
    const left = await alice.request('subscription', { action: 'unsubscribe', project_id: '42' });
    expect(left).toMatchObject({ type: 'room_left', data: { room: 'project:42' } });
    expect((await alice.request<'status'>('status')).data.rooms).toEqual(['board:b-7', 'chat:1']);
  });

  const refused = [
    { action: 'subscribe' },
    { action: 'subscribe', project_id: 1, board_id: 2 },
    { action: 'subscribe', project_id: '' },
    { action: 'subscribe', project_id: 1.5 },
    { action: 'subscribe', project_id: 'a b' },
    { action: 'subscribe', project_id: { toString: 1 } },
    { action: 'subscribe', room: '*' },
    { action: 'join', room: 'a' },
    { room: 'a' },
  ];

  it('is refused unless it says what to do with exactly one room', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    for (const data of refused) {
      expect([data, (await alice.refusal('subscription', data)).code]).toEqual([data, 'validation_failed']);
    }
    expect((await alice.request<'status'>('status')).data.rooms).toEqual([]);
  });

  it('keeps to the reserved rooms', async () => {
    const { connect } = await realtime();
    const bob = await connect('bob');
    expect(await bob.refusal('subscription', { action: 'subscribe', room: 'user:alice' })).toMatchObject({
      code: 'forbidden',
    });
  });
});
