import { join } from 'node:path';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { RealtimeCounters } from '../../src';
import { ForgetfulBackplane } from '../protocol/forgetful-backplane';
import { temporaryDirectory } from '../support/program';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

const directory = temporaryDirectory();
const toAlice = { user: 'alice', mailbox: true };

describe('received', () => {
  const wrong: [string, unknown, string, string?][] = [
    ['no room', { offset: 1 }, 'validation_failed', 'room'],
    ['a room that is a list', { room: ['user:alice'], offset: 1 }, 'validation_failed', 'room'],
    ['an endless room', { room: 'x'.repeat(513), offset: 1 }, 'validation_failed', 'room'],
    ['a room with U+0000', { room: 'user:alice\0', offset: 1 }, 'validation_failed', 'room'],
    ['no offset', { room: 'user:alice' }, 'validation_failed', 'offset'],
    ['offset 0', { room: 'user:alice', offset: 0 }, 'validation_failed', 'offset'],
    ['a negative offset', { room: 'user:alice', offset: -1 }, 'validation_failed', 'offset'],
    ['half an offset', { room: 'user:alice', offset: 1.5 }, 'validation_failed', 'offset'],
    ['an offset beyond integers', { room: 'user:alice', offset: 2 ** 53 }, 'validation_failed', 'offset'],
    ['an offset that is text', { room: 'user:alice', offset: '1 or 1=1' }, 'validation_failed', 'offset'],
    ['an offset that is null', { room: 'user:alice', offset: null }, 'validation_failed', 'offset'],
    ['an empty epoch', { room: 'user:alice', offset: 1, epoch: '' }, 'validation_failed', 'epoch'],
    ['an endless epoch', { room: 'user:alice', offset: 1, epoch: 'x'.repeat(65) }, 'validation_failed', 'epoch'],
    ['an epoch with U+0000', { room: 'user:alice', offset: 1, epoch: 'a\0' }, 'validation_failed', 'epoch'],
    ['an epoch that is a list', { room: 'user:alice', offset: 1, epoch: ['x'] }, 'validation_failed', 'epoch'],
    ["another user's room", { room: 'user:bob', offset: 1 }, 'forbidden'],
    ['a room that is nobody’s own', { room: 'project:42', offset: 1 }, 'forbidden'],
    ["everyone's room", { room: '*', offset: 1 }, 'forbidden'],
    ['SQL', { room: "user:alice' or '1'='1", offset: 1 }, 'forbidden'],
  ];

  it('takes nothing but an offset of the own room', async () => {
    const { events, connect } = await realtime();
    for (const user of ['alice', 'bob']) await events.emit('invoice.paid', {}, { user, mailbox: true });
    const alice = await connect('alice');
    await alice.join('project:42');
    for (const [what, data, code, field] of wrong) {
      const error = await alice.refusal('received', data);
      expect([what, error.code, error.details?.[0].field]).toEqual([what, code, field]);
    }
    for (const user of ['alice', 'bob']) await (await connect(user)).next('invoice.paid');
  });

  it('acknowledges nothing of another epoch than its own: that in which the connection began, or the one it names', async () => {
    const backplane = new ForgetfulBackplane();
    const { events, connect } = await realtime({ backplane });
    const waiting = async () => {
      const client = await connect('alice');
      await client.settled();
      await client.close();
      return client.frames.map(({ data }) => data.n).filter(Boolean);
    };
    const alice = await connect('alice');
    for (const n of [1, 2]) await events.emit('invoice.paid', { n }, toAlice);
    await backplane.forget();
    await events.emit('invoice.paid', { n: 3 }, toAlice);
    const { epoch } = (await alice.next('room_reset')).data;
    const received = async (epoch?: string | null) => {
      expect((await alice.request('received', { room: 'user:alice', offset: 2, epoch })).type).toBe('ack');
      return waiting();
    };
    expect(await received()).toEqual([1, 2, 3]);
    expect(await received(null)).toEqual([1, 2, 3]);
    expect(await received('another')).toEqual([1, 2, 3]);
    expect(await received(epoch)).toEqual([3]);
  });

  it('may name what is not there yet', async () => {
    const { events, connect } = await realtime();
    await events.emit('invoice.paid', {}, toAlice);
    const alice = await connect('alice');
    const offset = Number.MAX_SAFE_INTEGER;
    for (let i = 0; i < 2; i++)
      expect((await alice.request('received', { room: 'user:alice', offset })).type).toBe('ack');
    await events.emit('invoice.paid', { n: 2 }, toAlice);
    expect((await (await connect('alice')).next('invoice.paid')).data).toEqual({ n: 2 });
  });
});

describe('an event for a mailbox', () => {
  const wrong: [string, object, string][] = [
    ['for a room', { room: 'project:42', mailbox: true }, 'mailbox is for one user: give user'],
    ['for everyone', { all: true, mailbox: true }, 'mailbox is for one user: give user'],
    ['volatile', { ...toAlice, delivery: 'volatile' }, "delivery must be 'reliable' for a mailbox"],
    ['without somebody', { ...toAlice, exceptUser: 'bob' }, 'exceptUser has no meaning for a mailbox'],
    ['with a mailbox that is text', { user: 'alice', mailbox: 'yes' }, 'mailbox must be true or false, got a string'],
    ['for a user with U+0000', { user: 'a\0', mailbox: true }, 'user must hold no U+0000'],
  ];

  it.each(wrong)('is refused %s', async (_, options, message) => {
    const { events } = await realtime();
    const emitted = events.emit('invoice.paid', {}, options as never);
    await expect(emitted).rejects.toMatchObject({
      code: 'validation_failed',
      message: expect.stringContaining(message) as string,
    });
  });

  it('needs a database, and offsets', async () => {
    const without = await realtime({ storage: false });
    await expect(without.events.emit('invoice.paid', {}, toAlice)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Add MailboxModule.forRoot()') as string,
    });
    const alice = await without.connect('alice');
    expect((await alice.refusal('received', { room: 'user:alice', offset: 1 })).code).toBe('unknown_type');
    const { events } = await realtime({ roomKinds: { user: { history: { maxPublications: 0 } } } });
    await expect(events.emit('invoice.paid', {}, toAlice)).rejects.toMatchObject({
      message: expect.stringContaining('roomKinds.user.history.maxPublications is 0') as string,
    });
  });

  it('is not stored when the database is gone; who connects is told, and hears everything else', async () => {
    const storage = new SqliteStorage({ file: join(directory, 'gone.sqlite') });
    const { events, connect } = await realtime({ storage });
    await events.emit('invoice.paid', {}, toAlice);
    await storage.close();
    await expect(events.emit('invoice.paid', {}, toAlice)).rejects.toMatchObject({ code: 'unavailable' });
    const alice = await connect('alice', { query: '?room=lobby' });
    expect((await alice.next('error')).data).toMatchObject({ code: 'unavailable', retryable: true });
    await events.emit('lunch.served', {}, { user: 'alice' });
    await events.emit('lunch.served', {}, { room: 'lobby' });
    expect([await alice.next('lunch.served'), await alice.next('lunch.served')].map(({ room }) => room)).toEqual([
      'user:alice',
      'lobby',
    ]);
    await alice.settled();
    expect(alice.unread.map(({ type }) => type)).toEqual(['room_joined']);
  });

  it('comes again, before the next, when the stream is lost under a connected user', async () => {
    const backplane = new ForgetfulBackplane();
    const { events, connect, app } = await realtime({ backplane });
    const alice = await connect('alice');
    for (const n of [1, 2]) await events.emit('invoice.paid', { n }, toAlice);
    await backplane.forget();
    await events.emit('invoice.paid', { n: 3 }, toAlice);
    await alice.settled();
    const told = alice.frames.filter(({ room }) => room).map(({ data, offset }) => [data.n, offset]);
    expect(told).toEqual([
      [1, 1],
      [2, 2],
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(alice.frames.filter(({ type }) => type === 'room_reset')).toHaveLength(1);
    const again = await connect('alice');
    await again.settled();
    expect(again.frames.map(({ data }) => data.n).filter(Boolean)).toEqual([1, 2, 3]);
    expect(app.get(RealtimeCounters).mailboxDropped).toBe(0);
  });
});
