import { TypingIndicators } from '../../src/features/chat/typing-indicators';
import type { TestClient } from '../support/client';
import { realtime, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

const ROOM = 'chat:lobby';
const type = (client: TestClient, typing: unknown) => client.request('typing', { room: ROOM, typing });

async function lobby() {
  const started = await realtime();
  const alice = await started.connect('alice', { name: 'Alice' });
  const bob = await started.connect('bob');
  for (const client of [alice, bob]) await client.join(ROOM);
  return { ...started, alice, bob };
}

const seen = async (client: TestClient) => {
  const { data, timestamp } = await client.next('user_typing');
  return { typing: data.typing, at: Date.parse(timestamp) };
};

describe('typing', () => {
  it('is shown to the others, without an offset, and not to the typist on any device', async () => {
    const { alice, bob, connect } = await lobby();
    const phone = await connect('alice');
    await phone.join(ROOM);
    expect(await type(alice, true)).toMatchObject({ type: 'ack', data: { room: ROOM } });
    const frame = await bob.next('user_typing');
    expect(frame).toEqual({
      type: 'user_typing',
      data: { user_id: 'alice', name: 'Alice', typing: true },
      message_id: expect.any(String) as string,
      timestamp: expect.any(String) as string,
      room: ROOM,
    });
    await type(alice, false);
    expect((await seen(bob)).typing).toBe(false);
    for (const client of [alice, phone]) {
      await client.settled();
      expect(client.unread).toEqual([]);
    }
  });

  it('times out after 5 s of silence', async () => {
    const { alice, bob } = await lobby();
    await type(alice, true);
    const on = await seen(bob);
    await until(() => bob.unread.length > 0, 'the end of typing');
    const off = await seen(bob);
    expect([on.typing, off.typing]).toEqual([true, false]);
    const silence = off.at - on.at;
    expect(silence).toBeGreaterThanOrEqual(4_990);
    expect(silence).toBeLessThan(6_500);
  }, 10_000);

  it('is folded to one frame in 2 s, however often it is repeated or taken back', async () => {
    const { alice, bob } = await lobby();
    for (let n = 0; n < 20; n++) await type(alice, true);
    for (let n = 0; n < 20; n++) {
      await type(alice, false);
      await type(alice, true);
    }
    const [on, off, again] = [await seen(bob), await seen(bob), await seen(bob)];
    expect([on.typing, off.typing, again.typing]).toEqual([true, false, true]);
    expect(again.at - on.at).toBeGreaterThanOrEqual(1_990);
    await bob.settled();
    expect(bob.unread).toEqual([]);
  });

  it('ends when the typist leaves, is taken out, or its connection breaks', async () => {
    const { alice, bob, connect, rooms } = await lobby();
    const carol = await connect('carol');
    const dave = await connect('dave');
    for (const client of [carol, dave]) await client.join(ROOM);
    const ends: [TestClient, () => unknown][] = [
      [alice, () => alice.request('leave_room', { room: ROOM })],
      [carol, () => rooms.removeUser(ROOM, 'carol')],
      [dave, () => dave.drop()],
    ];
    for (const [typist, end] of ends) {
      await type(typist, true);
      expect((await seen(bob)).typing).toBe(true);
      const before = Date.now();
      await end();
      const off = await seen(bob);
      expect(off.typing).toBe(false);
      expect(off.at - before).toBeLessThan(1_000);
    }
  });

  it('goes on when another device of the typist leaves', async () => {
    const { alice, bob, connect } = await lobby();
    const phone = await connect('alice');
    await phone.join(ROOM);
    await type(phone, true);
    await type(alice, true);
    await phone.close();
    expect((await seen(bob)).typing).toBe(true);
    await bob.settled();
    expect(bob.unread).toEqual([]);
  });

  it('that was not shown needs no end', async () => {
    const { alice, bob } = await lobby();
    await type(alice, false);
    await bob.settled();
    expect(bob.unread).toEqual([]);
  });

  it('is for members, and takes a room and a boolean', async () => {
    const { alice, connect } = await lobby();
    const carol = await connect('carol');
    expect((await carol.refusal('typing', { room: ROOM, typing: true })).code).toBe('not_member');
    const wrong = [
      { room: ROOM },
      { room: ROOM, typing: 'yes' },
      { room: ROOM, typing: 1 },
      { room: ROOM, typing: null },
    ];
    for (const data of [
      ...wrong,
      { typing: true },
      { room: "x'; drop table--", typing: true },
      { room: ROOM, typing: true, user_id: 'bob' },
    ]) {
      expect((await alice.refusal('typing', data)).code).toBe('validation_failed');
    }
  });

  it('remembers nobody who is not typing', async () => {
    const { alice, bob, app } = await lobby();
    await type(alice, true);
    expect(app.get(TypingIndicators).size).toBe(1);
    await type(alice, false);
    await bob.next('user_typing');
    await type(bob, true);
    await alice.next('user_typing');
    await bob.close();
    while (app.get(TypingIndicators).size) await alice.settled();
  });
});
