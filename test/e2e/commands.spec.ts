import { Identity, RealtimeError, RoomAction, RoomPolicy } from '../../src';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

describe('commands', () => {
  it('answers ping with pong and echo with echo, and the same data', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    const data = { n: 1, text: 'héllo 🎉', list: [1, [2]], nested: { a: null } };
    const pong = await alice.request('ping', data, 'p-1');
    expect(pong).toEqual({
      type: 'pong',
      data,
      reply_to: 'p-1',
      message_id: expect.any(String) as string,
      timestamp: expect.stringMatching(RFC_3339) as string,
    });
    const echo = await alice.request('echo', data, 'e-1');
    expect(echo).toMatchObject({ type: 'echo', data, reply_to: 'e-1' });
    expect(echo.message_id).not.toBe(pong.message_id);
    expect((await alice.request('ping')).data).toEqual({});
    expect((await alice.request('ping', null)).data).toEqual({});
  });

  it('says in status who is there, since when, in which rooms, and how much was said', async () => {
    const { open, connect } = await realtime();
    const before = Date.now();
    const alice = await connect('alice');
    await alice.join('project:1');
    await alice.join('board:7');
    const { type, data } = await alice.request<'status'>('status');
    expect(type).toBe('status');
    expect(data).toEqual({
      connection_id: expect.any(String) as string,
      user_id: 'alice',
      connected_at: expect.stringMatching(RFC_3339) as string,
      rooms: ['project:1', 'board:7'],
      messages_sent: 3,
      messages_received: 3,
    });
    expect(Date.parse(data.connected_at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(data.connected_at)).toBeLessThanOrEqual(Date.now());
    const stranger = await open();
    await stranger.next('auth_required');
    expect(await stranger.refusal('status')).toMatchObject({ code: 'unauthorized', retryable: false });
  });

  it('lets strangers ping, and refuses them everything else, known or not', async () => {
    const { open } = await realtime();
    const stranger = await open();
    await stranger.next('auth_required');
    expect(await stranger.request('ping', { a: 1 })).toMatchObject({ type: 'pong', data: { a: 1 } });
    for (const type of ['echo', 'join_room', 'chat', 'no_such_type', 'room_joined']) {
      expect((await stranger.refusal(type)).code).toBe('unauthorized');
    }
  });

  it('repeats no message_id in a reply to a frame that had none', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    alice.raw('{"type":"ping"}');
    expect(Object.keys(await alice.next('pong')).sort()).toEqual(['data', 'message_id', 'timestamp', 'type']);
    alice.raw('{"type":"no_such_type"}');
    expect(await alice.next('error')).not.toHaveProperty('reply_to');
  });

  it('is silent about a success that is only an ack, unless the frame had a message_id', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    await alice.join('lobby');
    alice.raw('{"type":"chat","data":{"room":"lobby","text":"one"}}');
    await alice.next('chat');
    expect(await alice.request('chat', { room: 'lobby', text: 'two' }, 'c-2')).toMatchObject({
      type: 'ack',
      reply_to: 'c-2',
      data: { room: 'lobby', offset: 2 },
    });
    await alice.next('chat');
    await alice.settled();
    expect(alice.unread).toEqual([]);
  });

  it('answers a silent command that fails', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    alice.raw('{"type":"chat","data":{"room":"lobby","text":"one"}}');
    expect((await alice.next('error')).data).toEqual({
      code: 'not_member',
      message: 'Join lobby first.',
      retryable: false,
    });
  });

  it('ignores unknown keys beside data, and never takes from them what the server sets', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    await alice.join('lobby');
    const forged = { room: 'other', offset: 99, reply_to: 'x', user: { id: 'bob' }, sender: 'bob', version: 2 };
    const frame = {
      type: 'chat',
      data: { room: 'lobby', text: 'hi' },
      message_id: 'f-1',
      timestamp: 'never',
      ...forged,
    };
    alice.raw(JSON.stringify(frame));
    const chat = await alice.next('chat');
    expect(chat).toMatchObject({ room: 'lobby', offset: 1, data: { text: 'hi', user: { id: 'alice' } } });
    expect(chat.timestamp).toMatch(RFC_3339);
    expect(chat).not.toHaveProperty('version');
    expect((await alice.next('ack')).reply_to).toBe('f-1');
  });

  it('refuses unknown keys inside data, naming each', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    expect(await alice.refusal('join_room', { room: 'lobby', colour: 'red', force: true })).toEqual({
      code: 'validation_failed',
      message: 'The data of this frame is not valid.',
      retryable: false,
      details: [
        { field: 'colour', message: 'is not a known field' },
        { field: 'force', message: 'is not a known field' },
      ],
    });
    const since = { epoch: 'e', offset: 0, extra: 1 };
    expect((await alice.refusal('join_room', { room: 'lobby', since })).details).toEqual([
      { field: 'since.extra', message: expect.stringContaining('extra') as string },
    ]);
  });

  it('takes no data with status, which has none', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    expect(await alice.refusal('status', { verbose: true })).toMatchObject({
      code: 'validation_failed',
      details: [{ field: 'verbose', message: 'is not a known field' }],
    });
    expect((await alice.request('status', {})).type).toBe('status');
  });

  it('does not know the types only the server sends', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    const types = [
      'pong',
      'room_joined',
      'auth_success',
      'error',
      'ack',
      'server_shutdown',
      'task.created',
      'room_left',
    ];
    for (const type of types) {
      expect(await alice.refusal(type)).toEqual({
        code: 'unknown_type',
        message: `The server does not know the type "${type}".`,
        retryable: false,
      });
    }
  });

  it('repeats no type in its answer that is no name', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    for (const type of ['', 'x'.repeat(101), 'a b', '<script>', '__proto__', 'ping\n', '\ud800']) {
      expect(await alice.refusal(type)).toMatchObject({
        code: 'unknown_type',
        message: 'The server does not know the type "…".',
      });
    }
    for (const type of ['constructor', 'toString', 'hasOwnProperty', 'PING', 'ping ']) {
      expect((await alice.refusal(type)).code).toBe('unknown_type');
    }
  });

  it('passes on the codes a room policy throws', async () => {
    const codes = [
      'banned',
      'password_required',
      'not_found',
      'unavailable',
      'limit_exceeded',
      'server_shutdown',
    ] as const;
    class Policy extends RoomPolicy {
      override can(_identity: Identity, _action: RoomAction, room: string): boolean {
        const code = codes.find((one) => room === `kind:${one}`);
        if (code) throw new RealtimeError(code);
        return room !== 'kind:forbidden';
      }
    }
    const { connect } = await realtime({ policy: new Policy(), roomKinds: { small: { maxMembers: 1 } } });
    const alice = await connect('alice');
    const bob = await connect('bob');
    const retryable = ['unavailable', 'server_shutdown', 'room_full'];
    for (const code of [...codes, 'forbidden']) {
      const { code: got, retryable: again } = await alice.refusal('join_room', { room: `kind:${code}` });
      expect([got, again]).toEqual([code, retryable.includes(code)]);
    }
    await alice.join('small:1');
    expect(await bob.refusal('join_room', { room: 'small:1' })).toMatchObject({ code: 'room_full', retryable: true });
  });
});
