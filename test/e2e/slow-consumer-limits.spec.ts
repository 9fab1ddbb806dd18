import type { INestApplication } from '@nestjs/common';
import { RealtimeCounters } from '../../src';
import { Connections } from '../../src/connections/connections';
import type { TestClient } from '../support/client';
import { pulseDuring } from '../support/pulse';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

const KIB = 1024;
const ROOM = 'project:1';
const PAGE = 'x'.repeat(64 * KIB);
const LONG_HISTORY = { maxPublications: 2000, maxBytes: 64 * 1024 * KIB };

const outboxOf = (app: INestApplication, userId: string) => [...app.get(Connections).ofUser(userId)][0].outbox;
const offsets = (client: TestClient) =>
  client.frames.flatMap(({ room, offset }) => (room === ROOM ? (offset ?? []) : []));
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Alice, who does not read, and Bob, who does, in one room. */
async function start(options: RealtimeTestOptions = {}) {
  const server = await realtime(options);
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')];
  for (const client of [alice, bob]) await client.join(ROOM);
  alice.ws.pause();
  return { server, alice, bob, slow: outboxOf(server.app, 'alice'), traffic: server.app.get(RealtimeCounters) };
}

const write = ({ events }: Realtime) => events.emit('page.written', { page: PAGE }, { room: ROOM });

/** Publishes until something happened, at the speed at which Bob reads; returns how many. */
async function writeUntil(done: () => boolean, server: Realtime, bob: TestClient): Promise<number> {
  for (let n = 0; n < 1000; n++) {
    if (done()) return n;
    await write(server);
    await bob.next('page.written');
  }
  throw new Error('the sockets take everything');
}

describe('what may wait for a client', () => {
  it.each([
    ['frames', { maxFrames: 8, maxBytes: 1e9 }],
    ['bytes', { maxFrames: 1e6, maxBytes: 9 * 64 * KIB }],
  ])('is so many %s as the options say', async (_, outbox) => {
    const connections = { maxMessageBytes: 64 * KIB };
    const { server, bob, slow, traffic } = await start({ outbox, connections });
    let deepest = 0;
    const closed = (): boolean => {
      deepest = Math.max(deepest, slow.depth);
      return traffic.slowConsumers === 1;
    };
    const published = await writeUntil(closed, server, bob);
    expect(deepest).toBe(8);
    expect(offsets(bob)).toEqual(range(1, published));
  });

  it('is, of what is volatile, the newest', async () => {
    const { server, alice, bob, slow, traffic } = await start({ outbox: { maxFrames: 8, maxBytes: 1e9 } });
    const published = await writeUntil(() => slow.depth >= 3, server, bob);
    for (let n = 1; n <= 50; n++) {
      await server.events.emit('cursor.moved', { n }, { room: ROOM, delivery: 'volatile' });
      await bob.next('cursor.moved');
    }
    expect(slow.depth).toBe(8);
    for (let i = 0; i < 2; i++) await write(server);
    alice.ws.resume();
    await alice.settled();
    expect(offsets(alice)).toEqual(range(1, published + 2));
    const moved = alice.frames.filter(({ type }) => type === 'cursor.moved').map(({ data }) => data.n);
    expect(moved.length).toBeGreaterThan(0);
    expect(moved).toEqual(range(51 - moved.length, 50));
    expect([traffic.volatileDropped, traffic.slowConsumers]).toEqual([50 - moved.length, 0]);
    // What was dropped was not sent.
    const sent = alice.frames.length;
    expect((await alice.request<'status'>('status')).data.messages_sent).toBe(sent);
  });
});

describe('many clients that do not read', () => {
  it('cost the others nothing: pings are answered within 100 ms', async () => {
    const { server, bob, traffic } = await start();
    for (let i = 0; i < 15; i++) {
      const sleeper = await server.connect('sleeper');
      await sleeper.join(ROOM);
      sleeper.ws.pause();
    }
    const pulse = await pulseDuring(bob, async () => {
      for (let n = 0; n < 150; n++) {
        await write(server);
        await new Promise(setImmediate);
      }
    });
    expect(pulse).toBeLessThan(100);
    await until(() => traffic.slowConsumers > 0, 'a slow consumer');
    await bob.settled();
    const got = offsets(bob);
    expect(got).toEqual(range(1, got.length));
  });
});

describe('a long replay', () => {
  it('comes before the answers to what its client sends meanwhile, and before what is live', async () => {
    const server = await realtime({ history: LONG_HISTORY });
    const text = 'x'.repeat(6 * KIB);
    const publish = (n: number) => server.events.emit('task.created', { n, text }, { room: ROOM });
    const { epoch } = await publish(1);
    for (let n = 2; n <= 1000; n++) await publish(n);
    const alice = await server.connect('alice');
    alice.ws.on('message', () => {
      alice.ws.pause();
      setImmediate(() => alice.ws.resume());
    });
    alice.send('join_room', { room: ROOM, since: { epoch, offset: 0 } });
    alice.send('ping', {}, 'p-1');
    await until(() => outboxOf(server.app, 'alice').replaying, 'a replay that waits');
    for (let n = 1001; n <= 1100; n++) await publish(n);
    expect((await alice.next('room_joined')).data).toMatchObject({ recovered: true, replayed: 1000 });
    await alice.next('pong');
    const before = alice.frames.slice(
      0,
      alice.frames.findIndex(({ type }) => type === 'pong'),
    );
    expect(before.filter(({ type }) => type === 'task.created').length).toBeGreaterThanOrEqual(1000);
    await alice.settled();
    expect(offsets(alice)).toEqual(range(1, 1100));
    expect(server.app.get(RealtimeCounters).slowConsumers).toBe(0);
  });

  it('is not kept for a client that takes nothing of it, whatever that client sends', async () => {
    const server = await realtime({
      heartbeat: { intervalMs: 300, timeoutMs: 60_000 },
      inbox: { maxFrames: 4 },
      history: LONG_HISTORY,
    });
    const { epoch } = await write(server);
    for (let n = 2; n <= 500; n++) await write(server);
    const alice = await server.connect('alice');
    alice.ws.pause();
    alice.send('join_room', { room: ROOM, since: { epoch, offset: 0 } });
    for (let i = 0; i < 20; i++) alice.send('ping');
    await until(() => outboxOf(server.app, 'alice').replaying, 'a replay that waits');
    const traffic = server.app.get(RealtimeCounters);
    await until(() => traffic.slowConsumers === 1, 'the end of its patience');
    alice.ws.resume();
    expect((await alice.closed).code).toBe(4008);
  });
});
