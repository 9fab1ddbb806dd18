import type { Identity, RoomAction, ServerFrameData } from '../../src';
import { RoomPolicy } from '../../src';
import type { TestClient } from '../support/client';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

const ROOM = 'project:1';

async function history(client: TestClient, data: object = {}): Promise<ServerFrameData['history']> {
  return (await client.request<'history'>('history', { room: ROOM, ...data })).data;
}

const offsets = ({ messages, has_more }: ServerFrameData['history']) => [
  messages.map(({ offset }) => offset),
  has_more,
];

describe('history', () => {
  it('is the stream, newest first, each message exactly as it was delivered', async () => {
    const { connect, events } = await realtime({ clientEvents: ['card.moved'] });
    const alice = await connect('alice');
    const { epoch } = await alice.join(ROOM);
    const data = {
      text: 'ä€𝄞 \u2028 "\\',
      deep: { n: [1.5e300, -0.1, null, true], '': {}, __proto: 1 },
      odd: '\ud800',
    };
    await events.emit('task.created', data, { room: ROOM });
    await alice.request('chat', { room: ROOM, text: 'hello' });
    await alice.request('broadcast', { room: ROOM, event: 'card.moved', data: { to: 'done' } });
    const live = alice.unread.filter(({ room }) => room === ROOM);
    expect(live).toHaveLength(3);
    expect(await history(alice)).toEqual({ room: ROOM, epoch, offset: 3, messages: live.reverse(), has_more: false });
  });

  it('is read page by page', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    await alice.join(ROOM);
    for (let n = 1; n <= 60; n++) await events.emit('task.created', { n }, { room: ROOM });
    const first = await history(alice);
    expect(first.messages).toHaveLength(50);
    expect(offsets(await history(alice, { limit: 3 }))).toEqual([[60, 59, 58], true]);
    expect(offsets(await history(alice, { limit: 3, before: 58 }))).toEqual([[57, 56, 55], true]);
    expect(offsets(await history(alice, { limit: 3, before: 4 }))).toEqual([[3, 2, 1], false]);
    expect(offsets(await history(alice, { before: 1 }))).toEqual([[], false]);
    expect(offsets(await history(alice, { before: 1000, limit: 1 }))).toEqual([[60], true]);
    expect(offsets(await history(alice, { before: null, limit: null }))).toEqual([
      first.messages.map(({ offset }) => offset),
      true,
    ]);
    const all: unknown[] = [];
    for (let before: number | undefined; ;) {
      const page = await history(alice, { before, limit: 17 });
      all.push(...page.messages.map(({ offset }) => offset));
      if (!page.has_more) break;
      before = page.messages.at(-1)!.offset;
    }
    expect(all).toEqual(Array.from({ length: 60 }, (_, i) => 60 - i));
  });

  it('ends a page where its bytes are too many, but never without a message', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    await alice.join(ROOM);
    const text = (kib: number): string => 'x'.repeat(kib * 1024);
    for (const kib of [10, 400, 100, 100]) await events.emit('task.created', { text: text(kib) }, { room: ROOM });
    expect(offsets(await history(alice, { limit: 200 }))).toEqual([[4, 3], true]);
    expect(offsets(await history(alice, { limit: 200, before: 3 }))).toEqual([[2], true]);
    expect(offsets(await history(alice, { limit: 200, before: 2 }))).toEqual([[1], false]);
  });

  it('goes on past any number of publications that left the reader out', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    await alice.join(ROOM);
    await events.emit('task.created', { n: 1 }, { room: ROOM });
    for (let n = 2; n <= 5; n++) await events.emit('task.created', { n }, { room: ROOM, exceptUser: 'alice' });
    const page = await history(alice, { limit: 2 });
    expect(page.messages.map(({ type, data, offset }) => [type, data, offset])).toEqual([
      ['omitted', {}, 5],
      ['omitted', {}, 4],
    ]);
    expect(page.has_more).toBe(true);
    expect(offsets(await history(alice, { limit: 5, before: 4 }))).toEqual([[3, 2, 1], false]);
  });

  it('holds what the room may keep, and nothing volatile', async () => {
    const { connect, events } = await realtime({
      roomKinds: { project: { history: { maxPublications: 2 } }, gone: { history: { maxPublications: 0 } } },
    });
    const alice = await connect('alice');
    for (const room of [ROOM, 'gone:1', 'never:seen']) await alice.join(room);
    for (let n = 1; n <= 4; n++) await events.emit('task.created', { n }, { room: ROOM });
    await events.emit('cursor.moved', {}, { room: ROOM, delivery: 'volatile' });
    expect(offsets(await history(alice))).toEqual([[4, 3], false]);
    await events.emit('task.created', {}, { room: 'gone:1' });
    expect(await history(alice, { room: 'gone:1' })).toMatchObject({ room: 'gone:1', offset: 0, messages: [] });
    expect(await history(alice, { room: 'never:seen' })).toMatchObject({ offset: 0, messages: [], has_more: false });
  });

  it.each(['history', 'chat_history', 'presence'])('needs membership: %s', async (command) => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    const { code, message } = await alice.refusal(command, { room: ROOM });
    expect([code, message]).toEqual(['not_member', `Join ${ROOM} first.`]);
    await alice.join(ROOM);
    expect((await alice.request(command, { room: ROOM })).type).toBe(command);
    await alice.request('leave_room', { room: ROOM });
    expect((await alice.refusal(command, { room: ROOM })).code).toBe('not_member');
  });

  it('is read without membership where the policy says so, and never said', async () => {
    class ReadersPolicy extends RoomPolicy {
      override can({ userId }: Identity): boolean {
        return userId !== 'bob';
      }

      override async allowsNonMember({ userId }: Identity, action: RoomAction, room: string): Promise<boolean> {
        return room === ROOM && (userId === 'carol' || action === 'history');
      }
    }
    const { connect, events } = await realtime({ policy: new ReadersPolicy() });
    const [alice, bob, carol] = [await connect('alice'), await connect('bob'), await connect('carol')];
    await events.emit('task.created', {}, { room: ROOM });
    expect((await history(alice)).messages).toHaveLength(1);
    expect((await alice.refusal('presence', { room: ROOM })).code).toBe('not_member');
    expect((await alice.refusal('history', { room: 'project:2' })).code).toBe('not_member');
    expect((await bob.refusal('history', { room: ROOM })).code).toBe('forbidden');
    expect((await alice.refusal('history', { room: 'user:bob' })).code).toBe('forbidden');
    expect((await carol.request('presence', { room: ROOM })).type).toBe('presence');
    expect((await carol.refusal('chat', { room: ROOM, text: 'hi' })).code).toBe('not_member');
  });

  const refused = [
    { before: 0 },
    { before: -1 },
    { before: 1.5 },
    { before: '5' },
    { before: 2 ** 53 },
    { limit: 0 },
    { limit: 201 },
    { limit: '10' },
    { room: '*' },
    { room: undefined },
    { since: { epoch: 'e', offset: 1 } },
  ];

  it('is refused when anything is wrong with it', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    await alice.join(ROOM);
    for (const data of refused) {
      const { code } = await alice.refusal('history', { room: ROOM, ...data });
      expect([data, code]).toEqual([data, 'validation_failed']);
    }
  });
});
