import { Client } from 'pg';
import { PostgresStorage } from '../../src/adapters/postgres';
import { Storage } from '../../src';
import type { TestClient } from '../support/client';
import { PostgresServer } from '../support/postgres';
import { pulseDuring } from '../support/pulse';
import { Realtime, realtime, stopAll } from '../support/realtime';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

const ROOM = 'chat:lobby';
const SOON_MS = 300;

let server: PostgresServer;
let url: string;

beforeAll(async () => (server = await PostgresServer.start()), 60_000);
beforeEach(async () => (url = await server.createDatabase()));
afterEach(stopAll);
afterAll(() => server.end());

async function lobby(storage: Storage = new PostgresStorage({ url })) {
  const started = await realtime({ storage, chat: { relayAfterMs: 100 } });
  const [alice, bob] = [await started.connect('alice'), await started.connect('bob')];
  for (const client of [alice, bob]) await client.join(ROOM);
  return { started, storage, alice, bob };
}

const say = (client: TestClient, text: string, id?: string) => client.request('chat', { room: ROOM, text }, id);

const stored = async (storage: Storage) =>
  (await storage.db.selectFrom('chat_messages').select('text').orderBy('seq').execute()).map(({ text }) => text);

/** What has no need of the database goes on, and what has is told so, without a trace. */
async function expectTrouble({ events }: Realtime, alice: TestClient, bob: TestClient): Promise<void> {
  const refused = { code: 'unavailable', message: expect.any(String) as string, retryable: true };
  expect(await alice.refusal('chat', { room: ROOM, text: 'lost' })).toEqual(refused);
  expect(await alice.refusal('chat_history', { room: ROOM })).toEqual(refused);
  await bob.settled();
  await events.emit('lunch.served', {}, { room: ROOM });
  await bob.next('lunch.served');
  expect((await bob.request('join_room', { room: 'chat:attic' })).type).toBe('room_joined');
  expect(bob.unread).toEqual([]);
}

describe('while PostgreSQL', () => {
  it('is stopped, chat is unavailable and the rest goes on; when it is back, so is chat', async () => {
    const { started, storage, alice, bob } = await lobby();
    expect((await say(alice, 'before')).type).toBe('ack');
    expect((await bob.next('chat')).data.text).toBe('before');
    await server.stop();
    await expectTrouble(started, alice, bob);
    const before = started.log.of('error').length;
    for (let n = 0; n < 100; n++) await alice.refusal('chat_history', { room: ROOM });
    expect(started.log.of('error').length - before).toBeLessThan(10);
    await server.start();
    expect((await say(alice, 'after')).type).toBe('ack');
    expect((await bob.next('chat')).data.text).toBe('after');
    expect(await stored(storage)).toEqual(['before', 'after']);
  });

  it('ends in the midst of a conversation, nothing is half done, and a retry says each thing once', async () => {
    const { storage, alice, bob } = await lobby();
    const texts = Array.from({ length: 300 }, (_, n) => `text ${n}`);
    for (const [n, text] of texts.entries()) alice.send('chat', { room: ROOM, text }, `c-${n}`);
    for (let n = 0; n < 20; n++) await bob.next('chat');
    await server.stop();
    await alice.next('error');
    await server.start();
    const answerTo = (n: number) => alice.frames.find(({ reply_to }) => reply_to === `c-${n}`);
    // One after the other, and each goes to the disk.
    for (const n of texts.keys()) await until(() => answerTo(n) !== undefined, `the answer to "text ${n}"`);
    const answers = texts.map((_, n) => answerTo(n)!);
    expect(new Set(answers.map(({ data, type }) => data.code ?? type))).toEqual(new Set(['ack', 'unavailable']));
    alice.unread.length = 0;
    for (const [n, answer] of answers.entries()) {
      if (answer.type !== 'ack') answers[n] = await say(alice, texts[n], `c-${n}`);
    }
    await bob.settled();
    const said = bob.frames.filter(({ type }) => type === 'chat').map(({ data }) => data.id);
    expect(answers.map(({ data }) => data.id).sort()).toEqual([...said].sort());
    expect((await stored(storage)).sort()).toEqual([...texts].sort());
  });

  it('is slow, chat is unavailable in bounded time', async () => {
    const { started, storage, alice, bob } = await lobby(new PostgresStorage({ url, timeoutMs: SOON_MS }));
    const admin = new Client({ connectionString: url });
    await admin.connect();
    await admin.query('begin; lock table chat_messages in access exclusive mode');
    const since = Date.now();
    await expectTrouble(started, alice, bob);
    expect(Date.now() - since).toBeLessThan(10 * SOON_MS);
    await admin.query('rollback');
    await admin.end();
    expect((await say(alice, 'after')).type).toBe('ack');
    expect(await stored(storage)).toEqual(['after']);
  });

  it('hangs, and so does every connection to it, chat is unavailable in bounded time', async () => {
    const proxy = await TcpProxy.to(Number(new URL(url).port));
    const throughProxy = Object.assign(new URL(url), { port: String(proxy.port) }).href;
    const storage = new PostgresStorage({ url: throughProxy, timeoutMs: SOON_MS, maxConnections: 1 });
    const { started, alice, bob } = await lobby(storage);
    expect((await say(alice, 'before')).type).toBe('ack');
    await bob.next('chat');
    proxy.hang();
    const since = Date.now();
    await expectTrouble(started, alice, bob);
    expect(await alice.refusal('chat', { room: ROOM, text: 'lost' })).toMatchObject({ code: 'unavailable' });
    expect(Date.now() - since).toBeLessThan(20 * SOON_MS);
    expect(await pulseDuring(bob, async () => void (await say(alice, 'lost')))).toBeLessThan(SOON_MS);
    proxy.resume();
    expect((await say(alice, 'after')).type).toBe('ack');
    expect((await stored(storage)).filter((text) => text !== 'lost')).toEqual(['before', 'after']);
    await stopAll();
    await proxy.close();
  });

  it('hangs, who connects waits so long for the mailbox, is told, and goes on; what waited comes the next time', async () => {
    const proxy = await TcpProxy.to(Number(new URL(url).port));
    const throughProxy = Object.assign(new URL(url), { port: String(proxy.port) }).href;
    const storage = new PostgresStorage({ url: throughProxy, timeoutMs: SOON_MS, maxConnections: 2 });
    const { events, connect } = await realtime({ storage });
    await events.emit('invoice.paid', { n: 1 }, { user: 'alice', mailbox: true });
    proxy.hang();
    const since = Date.now();
    const alice = await connect('alice', { query: '?room=lobby' });
    expect((await alice.next('error')).data).toMatchObject({ code: 'unavailable', retryable: true });
    await alice.next('room_joined');
    expect(Date.now() - since).toBeLessThan(10 * SOON_MS);
    await events.emit('lunch.served', {}, { user: 'alice' });
    await alice.next('lunch.served');
    expect(alice.frames.filter(({ type }) => type === 'invoice.paid')).toEqual([]);
    proxy.resume();
    expect((await (await connect('alice')).next('invoice.paid')).data).toEqual({ n: 1 });
    await stopAll();
    await proxy.close();
  });

  it('cannot be reached at the start, the boot fails and says so, without the password', async () => {
    const nowhere = new PostgresStorage({ url: 'postgres://alice:hunter2@127.0.0.1:1/app' });
    const boot = realtime({ storage: nowhere });
    await expect(boot).rejects.toThrow(
      'RealtimeModule: the storage (PostgreSQL, 127.0.0.1:1/app) cannot be used: connect ECONNREFUSED 127.0.0.1:1',
    );
  });
});
