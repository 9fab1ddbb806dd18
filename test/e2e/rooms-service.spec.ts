import type { Identity, RoomAction, RoomName } from '../../src';
import { RealtimeError, RoomPolicy } from '../../src';
import { LaggingBackplane } from '../support/lagging-backplane';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

/** Lets everybody in but those who are banned from a room; an answer may be held back. */
class BanPolicy extends RoomPolicy {
  readonly banned = new Set<string>();
  /** Users about whom nothing can be said. */
  readonly failing = new Set<string>();
  #answers: (() => void)[] | undefined;

  override async can({ userId }: Identity, _action: RoomAction, room: RoomName): Promise<boolean> {
    if (this.failing.has(userId)) throw new Error('the database is on fire');
    const verdict = !this.banned.has(`${userId} ${room}`);
    if (this.#answers) await new Promise<void>((resolve) => this.#answers!.push(resolve));
    if (!verdict) throw new RealtimeError('banned');
    return true;
  }

  /** From now on verdicts are made, and wait. */
  hold(): void {
    this.#answers = [];
  }

  release(): void {
    const answers = this.#answers ?? [];
    this.#answers = undefined;
    for (const answer of answers) answer();
  }

  get waiting(): number {
    return this.#answers?.length ?? 0;
  }
}

describe('RoomsService', () => {
  it('knows who is in a room: users once, connections each', async () => {
    const { connect, rooms } = await realtime();
    const [alice, phone, bob] = [await connect('alice'), await connect('alice'), await connect('bob')];
    await bob.join('chat:1');
    await alice.join('chat:1');
    await phone.join('chat:1');
    await phone.join('chat:1');
    expect(await rooms.members('chat:1')).toEqual([
      { user_id: 'bob', name: 'bob', connections: 1, joined_at: expect.any(String) as string },
      { user_id: 'alice', name: 'alice', connections: 2, joined_at: expect.any(String) as string },
    ]);
    expect((await rooms.count({ room: 'chat:1' })).connections).toBe(3);
    expect((await rooms.count({ room: 'chat:1', user: 'alice' })).connections).toBe(2);
    expect((await rooms.count({ user: 'bob' })).connections).toBe(1);
    expect(await rooms.count()).toEqual({ connections: 3, unanswered: [] });
    expect(await rooms.isMember('chat:1', 'alice')).toBe(true);
    expect(await rooms.isMember('chat:1', 'carol')).toBe(false);
    await bob.request('leave_room', { room: 'chat:1' });
    expect(await rooms.isMember('chat:1', 'bob')).toBe(false);
    expect(await rooms.members('nowhere')).toEqual([]);
    expect(await rooms.count({ room: 'nowhere' })).toEqual({ connections: 0, unanswered: [] });
    expect(await rooms.isMember('nowhere', 'bob')).toBe(false);
  });

  it('takes a user out of one room, over all its connections, and says why', async () => {
    const { connect, rooms, events } = await realtime();
    const [alice, phone, bob] = [await connect('alice'), await connect('alice'), await connect('bob')];
    for (const client of [alice, phone, bob]) {
      await client.join('chat:1');
      await client.join('chat:2');
    }
    expect(
      (await rooms.removeUser('chat:1', 'alice', { code: 'banned', message: 'Mind your words.' })).connections,
    ).toBe(2);
    for (const client of [alice, phone]) {
      const left = await client.next('room_left');
      expect(left.data).toEqual({ room: 'chat:1', code: 'banned', message: 'Mind your words.' });
      expect(left).not.toHaveProperty('reply_to');
    }
    await events.emit('task.created', { n: 1 }, { rooms: ['chat:1', 'chat:2'] });
    for (const client of [alice, phone]) {
      await client.settled();
      expect(client.unread.map(({ type, room }) => [type, room])).toEqual([['task.created', 'chat:2']]);
    }
    await bob.settled();
    expect(bob.unread.map(({ room }) => room)).toEqual(['chat:1', 'chat:2']);
    expect((await rooms.members('chat:1')).map(({ user_id }) => user_id)).toEqual(['bob']);
    expect((await rooms.removeUser('chat:1', 'alice')).connections).toBe(0);
    expect((await rooms.removeUser('nowhere', 'alice')).connections).toBe(0);
  });

  it('gives forbidden as the reason when none is given', async () => {
    const { connect, rooms } = await realtime();
    const alice = await connect('alice');
    await alice.join('chat:1');
    await rooms.removeUser('chat:1', 'alice');
    expect((await alice.next('room_left')).data).toEqual({
      room: 'chat:1',
      code: 'forbidden',
      message: 'You may not do this.',
    });
  });

  it('disconnects a user with 4503, whatever the length of the reason', async () => {
    const { connect, rooms } = await realtime();
    const [alice, phone, bob] = [await connect('alice'), await connect('alice'), await connect('bob')];
    expect((await rooms.disconnectUser('alice', `Account closed ${'€'.repeat(200)}`)).connections).toBe(2);
    for (const client of [alice, phone]) {
      const { code, reason } = await client.closed;
      expect(code).toBe(4503);
      expect(reason).toBe(`Account closed ${'€'.repeat(36)}`);
    }
    expect((await rooms.disconnectUser('carol')).connections).toBe(0);
    await bob.settled();
  });
});

describe('RoomsService', () => {
  it('refuses what is no room or no user: nobody should be taken for thrown out who is still there', async () => {
    const { rooms } = await realtime();
    const nobody = undefined as never;
    const wrong: [() => Promise<unknown>, string][] = [
      [() => rooms.removeUser('bad room', 'bob'), 'room must be 1..200 characters'],
      [() => rooms.removeUser('a:1', nobody), "user must be a user id, got 'undefined'"],
      [() => rooms.disconnectUser(5 as never), "user must be a user id, got '5'"],
      [() => rooms.recheck({ room: 'bad room' }), "got 'bad room'"],
      [() => rooms.count({ user: '' }), "user must be a user id, got ''"],
      [() => rooms.isMember('a:1', nobody), "got 'undefined'"],
      [() => rooms.members('*'), "got '*'"],
    ];
    for (const [ask, message] of wrong) {
      await expect(ask()).rejects.toMatchObject({
        code: 'validation_failed',
        message: expect.stringContaining(message) as string,
      });
    }
  });
});

describe('recheck', () => {
  it('of a room takes out those whom the policy now refuses, and nobody else', async () => {
    const policy = new BanPolicy();
    const { connect, rooms } = await realtime({ policy });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    for (const client of [alice, bob]) {
      await client.join('chat:1');
      await client.join('chat:2');
    }
    policy.banned.add('bob chat:1').add('bob chat:2');
    expect((await rooms.recheck({ room: 'chat:1' })).connections).toBe(1);
    expect((await bob.next('room_left')).data).toEqual({
      room: 'chat:1',
      code: 'banned',
      message: 'You are banned from this room.',
    });
    expect((await rooms.members('chat:1')).map(({ user_id }) => user_id)).toEqual(['alice']);
    expect((await bob.request<'status'>('status')).data.rooms).toEqual(['chat:2']);
    await alice.settled();
    expect(alice.unread).toEqual([]);
  });

  it('of a user asks about every room it is in, its own one not', async () => {
    const policy = new BanPolicy();
    const { connect, rooms, events } = await realtime({ policy });
    const [alice, phone] = [await connect('alice'), await connect('alice')];
    await alice.join('chat:1');
    await alice.join('chat:2');
    await phone.join('chat:1');
    policy.banned.add('alice chat:1').add('alice user:alice').add('alice *');
    expect((await rooms.recheck({ user: 'alice' })).connections).toBe(2);
    expect((await alice.next('room_left')).data.room).toBe('chat:1');
    expect((await phone.next('room_left')).data.room).toBe('chat:1');
    await events.emit('invoice.paid', {}, { user: 'alice' });
    await events.emit('lunch.served', {}, { all: true });
    await phone.next('invoice.paid');
    await phone.next('lunch.served');
    expect((await rooms.recheck({ user: 'nobody' })).connections).toBe(0);
    expect((await rooms.recheck({ room: 'nowhere' })).connections).toBe(0);
  });

  it.each([{ room: 'chat:1' }, { user: 'alice' }])('of %j reaches one who is just joining', async (target) => {
    const policy = new BanPolicy();
    const backplane = new LaggingBackplane();
    const { connect, rooms } = await realtime({ policy, backplane });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    backplane.hold('answers');
    const joining = alice.request('join_room', { room: 'chat:1' });
    while (!backplane.waiting('answers')) await bob.settled();
    policy.banned.add('alice chat:1');
    expect((await rooms.recheck(target)).connections).toBe(1);
    backplane.release();
    expect((await joining).type).toBe('room_joined');
    expect((await alice.next('room_left')).data).toMatchObject({ room: 'chat:1', code: 'banned' });
    expect((await rooms.count({ room: 'chat:1' })).connections).toBe(0);
    expect((await alice.refusal('chat', { room: 'chat:1', text: 'hi' })).code).toBe('banned');
  });

  it('reaches a member who is just joining again, also when that fails', async () => {
    const policy = new BanPolicy();
    const backplane = new LaggingBackplane();
    const { connect, rooms } = await realtime({ policy, backplane });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    const { epoch } = await alice.join('chat:1');
    backplane.hold('requests');
    backplane.failNext('read');
    const joining = alice.refusal('join_room', { room: 'chat:1', since: { epoch, offset: 0 } });
    while (!backplane.waiting('requests')) await bob.settled();
    policy.banned.add('alice chat:1');
    expect((await rooms.recheck({ user: 'alice' })).connections).toBe(1);
    backplane.release();
    expect((await joining).code).toBe('unavailable');
    expect((await alice.next('room_left')).data).toMatchObject({ room: 'chat:1', code: 'banned' });
    expect((await rooms.count({ room: 'chat:1' })).connections).toBe(0);
  });

  it('makes a join ask again whose verdict is older', async () => {
    const policy = new BanPolicy();
    const { connect, rooms } = await realtime({ policy });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    policy.hold();
    const joining = alice.refusal('join_room', { room: 'chat:1' });
    while (!policy.waiting) await bob.settled();
    policy.banned.add('alice chat:1');
    expect((await rooms.recheck({ user: 'alice' })).connections).toBe(0);
    policy.release();
    expect((await joining).code).toBe('banned');
    expect((await rooms.count({ room: 'chat:1' })).connections).toBe(0);
  });

  it('rejects when the policy fails, and still takes out those it could ask about', async () => {
    const policy = new BanPolicy();
    const { connect, rooms } = await realtime({ policy });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    await alice.join('chat:1');
    await bob.join('chat:1');
    policy.failing.add('alice');
    policy.banned.add('bob chat:1');
    await expect(rooms.recheck({ room: 'chat:1' })).rejects.toThrow('on fire');
    expect((await bob.next('room_left')).data.code).toBe('banned');
    expect((await rooms.members('chat:1')).map(({ user_id }) => user_id)).toEqual(['alice']);
  });
});
