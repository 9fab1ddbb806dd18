import { RealtimeCounters } from '../../src';
import type { TestClient } from '../support/client';
import { realtime, Realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

const PAGE = 'x'.repeat(64 * 1024);
/** More than the kernel holds for a loopback connection, in pages. */
const FLOOD = 400;

/** Publishes pages until the server has given the reader up; fails when it never does. */
async function flood({ events, app }: Realtime, delivery: 'reliable' | 'volatile'): Promise<RealtimeCounters> {
  const traffic = app.get(RealtimeCounters);
  for (let n = 1; n <= FLOOD && traffic.slowConsumers === 0; n++) {
    await events.emit('page.written', { n, page: PAGE }, { room: 'project:1', delivery });
    await new Promise(setImmediate);
  }
  return traffic;
}

async function neverReading({ connect }: Realtime): Promise<TestClient> {
  const client = await connect('sloth');
  await client.join('project:1');
  client.ws.pause();
  return client;
}

describe('a client that does not read', () => {
  it('is closed with 4008, and resumes without a hole', async () => {
    const module = await realtime({ outbox: { maxFrames: 20 } });
    const sloth = await neverReading(module);
    expect((await flood(module, 'reliable')).slowConsumers).toBe(1);
    sloth.ws.resume();
    expect((await sloth.closed).code).toBe(4008);

    const read = sloth.frames.filter(({ type }) => type === 'page.written');
    const last = read.at(-1)!.offset!;
    expect(read.map(({ offset }) => offset)).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    const again = await module.connect('sloth');
    const { epoch } = await again.join('elsewhere');
    const joined = await again.join('project:1', { epoch, offset: last });
    expect(joined).toMatchObject({ recovered: true, offset: last + joined.replayed });
    expect(joined.replayed).toBeGreaterThan(0);
    for (let offset = last + 1; offset <= joined.offset; offset++) {
      expect((await again.next('page.written')).offset).toBe(offset);
    }
  });

  it('loses volatile publications first, and stays', async () => {
    const module = await realtime({ outbox: { maxFrames: 20 } });
    const sloth = await neverReading(module);
    const traffic = await flood(module, 'volatile');
    expect(traffic.slowConsumers).toBe(0);
    expect(traffic.volatileDropped).toBeGreaterThan(0);
    sloth.ws.resume();
    await module.events.emit('page.closed', {}, { room: 'project:1' });
    expect(await sloth.next('page.closed')).toMatchObject({ offset: 1 });
    const pages = sloth.frames.filter(({ type }) => type === 'page.written').map(({ data }) => data.n as number);
    expect(pages).toEqual([...pages].sort((a, b) => a - b));
    expect(pages.length + traffic.volatileDropped).toBe(FLOOD);
  });

  it('costs its neighbours nothing', async () => {
    const module = await realtime({ outbox: { maxFrames: 20 } });
    const bob = await module.connect('bob');
    await bob.join('project:1');
    await neverReading(module);
    const traffic = await flood(module, 'reliable');
    expect(traffic.slowConsumers).toBe(1);
    await module.events.emit('page.closed', {}, { room: 'project:1' });
    const closed = await bob.next('page.closed');
    const offsets = bob.frames.flatMap(({ offset }) => offset ?? []);
    expect(offsets).toEqual(Array.from({ length: closed.offset! }, (_, i) => i + 1));
  });
});

describe('a long replay', () => {
  it('reaches a slow but living reader whole, though it is more than its outbox may hold', async () => {
    const module = await realtime({
      outbox: { maxFrames: 8, maxBytes: 128 * 1024 },
      history: { maxBytes: 32 * 1024 * 1024 },
      connections: { maxMessageBytes: 16 * 1024 },
    });
    const { connect, events } = module;
    const first = await connect('alice');
    const { epoch } = await first.join('project:1');
    first.drop();
    for (let n = 1; n <= 300; n++) await events.emit('page.written', { n, page: PAGE }, { room: 'project:1' });
    const alice = await connect('alice');
    const joined = await alice.join('project:1', { epoch, offset: 0 });
    expect(joined).toMatchObject({ recovered: true, replayed: 300 });
    alice.ws.pause();
    await events.emit('page.closed', {}, { room: 'project:1' });
    alice.ws.resume();
    expect((await alice.next('page.closed')).offset).toBe(301);
    const offsets = alice.frames.flatMap(({ type, offset }) => (type === 'page.written' ? [offset] : []));
    expect(offsets).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  });
});
