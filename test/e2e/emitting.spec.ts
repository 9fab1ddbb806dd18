import { Injectable, OnModuleInit } from '@nestjs/common';
import type { EmitOptions, StreamPosition } from '../../src';
import { EventsService } from '../../src';
import type { TestClient } from '../support/client';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

@Injectable()
class Starting implements OnModuleInit {
  position: StreamPosition | undefined;

  constructor(private readonly events: EventsService) {}

  async onModuleInit(): Promise<void> {
    this.position = await this.events.emit('day.began', {}, { room: 'a' });
  }
}

/** The publications a client got, everything else left out. */
async function got(client: TestClient) {
  await client.settled();
  return client.frames
    .filter(({ type }) => /\.|omitted/.test(type))
    .map(({ type, room, offset }) => [type, room, offset]);
}

describe('EventsService.emit', () => {
  it('reaches the members of a room, and resolves with the place in its stream', async () => {
    const { connect, events } = await realtime();
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    const { epoch } = await alice.join('project:1');
    expect(await events.emit('task.created', { title: 'Ä€𝄞' }, { room: 'project:1' })).toEqual({ epoch, offset: 1 });
    const frame = await alice.next('task.created');
    expect(frame).toEqual({
      type: 'task.created',
      data: { title: 'Ä€𝄞' },
      message_id: expect.stringMatching(/^\S{10,}$/) as string,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      room: 'project:1',
      offset: 1,
    });
    expect(await got(bob)).toEqual([]);
  });

  it('brings one message_id into several rooms, to whoever is in several of them once per room', async () => {
    const { connect, events } = await realtime();
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    for (const room of ['project:1', 'board:7']) await alice.join(room);
    await bob.join('board:7');
    await events.emit('task.created', {}, { room: 'board:7' });
    const positions = await events.emit('task.moved', {}, { rooms: ['project:1', 'board:7', 'project:1'] });
    expect(positions.map(({ offset }) => offset)).toEqual([1, 2]);
    await alice.settled();
    const moved = alice.frames.filter(({ type }) => type === 'task.moved');
    expect(moved.map(({ room, offset }) => [room, offset])).toEqual([
      ['project:1', 1],
      ['board:7', 2],
    ]);
    expect(new Set(moved.map(({ message_id }) => message_id)).size).toBe(1);
    expect((await got(bob)).slice(1)).toEqual([['task.moved', 'board:7', 2]]);
    expect(await events.emit('task.moved', {}, { rooms: [] })).toEqual([]);
  });

  it('reaches one user over all its connections, whatever its id is made of', async () => {
    const { connect, events } = await realtime();
    const id = 'auth0|"ä b\\';
    const [one, two, other] = [await connect(id), await connect(id), await connect('bob')];
    await events.emit('invoice.paid', { n: 1 }, { user: id });
    for (const client of [one, two]) expect(await got(client)).toEqual([['invoice.paid', `user:${id}`, 1]]);
    expect(await got(other)).toEqual([]);
  });

  it('reaches everyone who is authenticated, without a room and an offset', async () => {
    const { connect, open, events } = await realtime();
    const [alice, bob, nobody] = [await connect('alice'), await connect('bob'), await open()];
    await events.emit('lunch.served', {}, { all: true });
    await events.emit('lunch.eaten', {}, { all: true, exceptUser: 'alice' });
    expect(await alice.next('lunch.served')).not.toHaveProperty('room');
    expect(await got(bob)).toEqual([
      ['lunch.served', undefined, undefined],
      ['lunch.eaten', undefined, undefined],
    ]);
    expect(await got(alice)).toHaveLength(1);
    expect(await got(nobody)).toEqual([]);
  });

  it('sends what has no data as an empty object', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    await alice.join('a');
    await events.emit('day.ended', undefined, { room: 'a' });
    await events.emit('day.ended', null, { room: 'a' });
    expect([(await alice.next('day.ended')).data, (await alice.next('day.ended')).data]).toEqual([{}, {}]);
  });

  it('works for other modules while the application starts, and says so when it does not any more', async () => {
    const { app, events } = await realtime({ host: { providers: [Starting] } });
    expect(app.get(Starting).position).toMatchObject({ offset: 1 });
    await app.close();
    await expect(events.emit('day.ended', {}, { room: 'a' })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('rejects where the module is not running', async () => {
    await expect(new EventsService().emit('day.ended', {}, { room: 'a' })).rejects.toMatchObject({
      code: 'unavailable',
      message: 'RealtimeModule is not running.',
    });
  });
});

describe('leaving one user out', () => {
  it('keeps its offsets dense: live, replayed and in the history', async () => {
    const { connect, events } = await realtime();
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    const { epoch } = await alice.join('project:1');
    await bob.join('project:1');
    await events.emit('task.created', { n: 1 }, { room: 'project:1' });
    await events.emit('task.created', { n: 2 }, { room: 'project:1', exceptUser: 'alice' });
    await events.emit('task.created', { n: 3 }, { room: 'project:1' });
    const expected = [
      ['task.created', 'project:1', 1],
      ['omitted', 'project:1', 2],
      ['task.created', 'project:1', 3],
    ];
    expect(await got(alice)).toEqual(expected);
    expect((await got(bob)).map(([type]) => type)).toEqual(['task.created', 'task.created', 'task.created']);
    const [omitted] = alice.frames.filter(({ type }) => type === 'omitted');
    const [, original] = bob.frames.filter(({ type }) => type === 'task.created');
    expect(omitted).toEqual({ ...original, type: 'omitted', data: {}, timestamp: expect.any(String) as string });

    const again = await connect('alice');
    expect(await again.join('project:1', { epoch, offset: 0 })).toMatchObject({ recovered: true, replayed: 3 });
    expect(await got(again)).toEqual(expected);
    const history = await again.request<'history'>('history', { room: 'project:1' });
    expect(history.data.messages.map(({ type, room, offset }) => [type, room, offset])).toEqual(expected.reverse());
    expect(JSON.stringify(again.frames)).not.toContain('"n":2');
  });

  it('sends it nothing at all where there is no offset to keep', async () => {
    const { connect, events } = await realtime();
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    for (const client of [alice, bob]) await client.join('project:1');
    const options = { room: 'project:1', exceptUser: 'alice', delivery: 'volatile' } as const;
    await events.emit('cursor.moved', { n: 1 }, options);
    expect(await got(alice)).toEqual([]);
    expect(await got(bob)).toEqual([['cursor.moved', 'project:1', undefined]]);
  });

  it('gives each of several users what is theirs, out of one turn', async () => {
    const { connect, events } = await realtime();
    const clients = [await connect('alice'), await connect('bob'), await connect('carol')];
    for (const client of clients) await client.join('project:1');
    const emit = (n: number, exceptUser?: string) =>
      events.emit('task.created', { n }, { room: 'project:1', exceptUser });
    await Promise.all([emit(1, 'alice'), emit(2, 'bob'), emit(3), emit(4, 'alice')]);
    const seen = [];
    for (const client of clients) {
      await client.settled();
      seen.push(client.frames.filter(({ room }) => room === 'project:1').map(({ offset, data }) => [offset, data.n]));
    }
    expect(seen).toEqual([
      [
        [1, undefined],
        [2, 2],
        [3, 3],
        [4, undefined],
      ],
      [
        [1, 1],
        [2, undefined],
        [3, 3],
        [4, 4],
      ],
      [
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 4],
      ],
    ]);
  });
});

describe('delivery', () => {
  it('that is volatile has no offset, and is in no history', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    const { epoch } = await alice.join('project:1');
    await events.emit('task.created', {}, { room: 'project:1' });
    const position = await events.emit('cursor.moved', { x: 1 }, { room: 'project:1', delivery: 'volatile' });
    expect(position).toEqual({ epoch, offset: 1 });
    expect(await alice.next('cursor.moved')).not.toHaveProperty('offset');
    const history = await alice.request<'history'>('history', { room: 'project:1' });
    expect(history.data.messages.map(({ type }) => type)).toEqual(['task.created']);
    expect(await alice.join('project:1', { epoch, offset: 0 })).toMatchObject({ replayed: 1 });
  });

  it('under an id happens once per room, and says again where it is', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    await alice.join('a');
    await alice.join('b');
    const id = 'order:17.paid';
    const first = await events.emit('order.paid', { n: 1 }, { room: 'a', id });
    await events.emit('order.sent', {}, { room: 'a' });
    expect(await events.emit('order.paid', { n: 1 }, { room: 'a', id })).toEqual(first);
    expect((await events.emit('order.paid', { n: 1 }, { rooms: ['a', 'b'], id })).map(({ offset }) => offset)).toEqual([
      1, 1,
    ]);
    expect(await got(alice)).toEqual([
      ['order.paid', 'a', 1],
      ['order.sent', 'a', 2],
      ['order.paid', 'b', 1],
    ]);
    expect((await alice.next('order.paid')).message_id).toBe(id);
  });
});

describe('what cannot be emitted', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown;

  const refused: [string, unknown, unknown, string][] = [
    ['task', {}, { room: 'a' }, 'type must be noun.verb'],
    ['Task.Created', {}, { room: 'a' }, "got 'Task.Created'"],
    ['task.created","x":"', {}, { room: 'a' }, 'type must be'],
    [`task.${'x'.repeat(60)}`, {}, { room: 'a' }, 'at most 64 characters'],
    ['chat', {}, { room: 'a' }, "got 'chat'"],
    ['task.created', {}, { room: 'not a room' }, 'room must be 1..200 characters'],
    ['task.created', {}, { room: '*' }, "got '*'"],
    ['task.created', {}, { rooms: ['a', ''] }, "got ''"],
    ['task.created', {}, { user: '' }, 'user must be a user id'],
    ['task.created', {}, { user: 7 }, 'user must be a user id'],
    ['task.created', {}, {}, 'give exactly one of room, rooms, user, all, got none'],
    ['task.created', {}, { all: false }, 'got none'],
    ['task.created', {}, { room: 'a', user: 'bob' }, 'got room and user'],
    ['task.created', cyclic, { room: 'a' }, 'data must be JSON: Converting circular structure'],
    ['task.created', { n: 1n }, { room: 'a' }, 'data must be JSON: Do not know how to serialize a BigInt'],
    ['task.created', () => 1, { room: 'a' }, 'data must be JSON'],
    ['task.created', nested(101), { room: 'a' }, 'The data of "task.created" is nested deeper than 100 levels'],
    ['task.created', {}, { room: 'a', id: 'x","type":"chat' }, 'id must be 1..128 characters'],
    ['task.created', {}, { room: 'a', id: '' }, 'id must be'],
    ['task.created', {}, { room: 'a', id: 5 }, "got '5'"],
    ['task.created', {}, undefined, 'give exactly one of room, rooms, user, all, got none'],
    ['task.created', {}, { rooms: 'a:1' }, "rooms must be an array of rooms, got 'a:1'"],
    ['task.created', {}, { all: 'yes' }, "all must be true, got 'yes'"],
    ['task.created', {}, { room: 'a', delivery: 'volatil' }, "must be 'reliable' or 'volatile', got 'volatil'"],
    ['task.created', {}, { room: 'a', volatile: true }, 'volatile is not an option, which are room, rooms, user, all,'],
  ];

  it('is rejected with what is wrong, and reaches nobody', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    await alice.join('a');
    for (const [type, data, options, message] of refused) {
      await expect(events.emit(type, data, options as EmitOptions)).rejects.toMatchObject({
        code: 'validation_failed',
        message: expect.stringContaining(message) as string,
      });
    }
    expect(await got(alice)).toEqual([]);
  });

  it('is in none of its rooms when one is wrong', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    await alice.join('a');
    await expect(events.emit('task.created', {}, { rooms: ['a', 'b b'] })).rejects.toThrow();
    expect(await got(alice)).toEqual([]);
    expect(await events.emit('task.created', {}, { room: 'a' })).toMatchObject({ offset: 1 });
  });
});

describe('in snake case', () => {
  it('sends task.created as task_created, and no name of the protocol', async () => {
    const { connect, events } = await realtime({ events: { naming: 'snake' } });
    const alice = await connect('alice');
    await alice.join('a');
    await events.emit('task.created', { n: 1 }, { room: 'a' });
    expect(await alice.next('task_created')).toMatchObject({ room: 'a', offset: 1, data: { n: 1 } });
    for (const name of ['room.joined', 'auth.success', 'server.shutdown', 'chat.edited', 'user.typing', 'join.room']) {
      await expect(events.emit(name, {}, { room: 'a' })).rejects.toMatchObject({ code: 'validation_failed' });
    }
    await alice.settled();
    expect(alice.unread).toEqual([]);
  });
});
