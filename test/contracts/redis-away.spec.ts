import { Logger } from '@nestjs/common';
import { RedisBackplane } from '../../src/adapters/redis';
import type { RedisBackplaneOptions, RedisConnectionsOptions } from '../../src/adapters/redis';
import { Proxy, stopProxies } from '../support/proxy';
import { TestLogger } from '../support/realtime';
import { RedisServer, stopRedis } from '../support/redis-server';
import { until } from '../support/until';
import { Heard, said } from './backplane';

let server: RedisServer;
let proxy: Proxy;
let log: TestLogger;
let prefixes = 0;
const running: RedisBackplane[] = [];

beforeAll(async () => {
  server = await RedisServer.start({ durable: true });
});

beforeEach(async () => {
  Logger.overrideLogger((log = new TestLogger()));
  proxy = await Proxy.to(server.port);
});

afterEach(async () => {
  for (const backplane of running.splice(0)) await backplane.close();
  stopProxies();
});

afterAll(stopRedis);

/** A node behind the proxy, and one that is not. */
function twoNodes(connections: Partial<RedisConnectionsOptions> = {}, options?: RedisBackplaneOptions) {
  const prefix = `away${++prefixes}:`;
  const node = (url: string) => {
    const backplane = new RedisBackplane({ url, prefix, timeoutMs: 400, ...connections }, options);
    backplane.configure({ limitsOf: () => ({ maxPublications: 1000, maxAgeMs: 60_000 }), maxTotalBytes: 1e9 });
    running.push(backplane);
    const states: string[] = [];
    backplane.state.subscribe((state) => states.push(state));
    return { backplane, heard: new Heard(backplane), states };
  };
  return { far: node(proxy.url), near: node(server.url) };
}

const unavailable = { code: 'unavailable' };

async function elapsed(work: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work;
  return performance.now() - start;
}

describe.each(['cut', 'stall'] as const)('a node whose connections are %s', (fault) => {
  it('refuses what needs Redis soon, then at once; and goes on where it was', async () => {
    const { far, near } = twoNodes();
    const { epoch } = await far.backplane.subscribe('a');
    await near.backplane.publish('a', said('1'));
    await far.heard.until(1);
    proxy[fault]();
    const calls = () => [
      far.backplane.publish('a', said('refused')),
      far.backplane.read('a', { epoch, offset: 0 }),
      far.backplane.page('a', { limit: 1, maxBytes: 1 }),
      far.backplane.subscribe('b'),
    ];
    const refused = async () => {
      for (const call of calls()) await expect(call).rejects.toMatchObject(unavailable);
    };
    expect(await elapsed(refused())).toBeLessThan(1000);
    await until(() => far.states.at(-1) === 'degraded', 'degraded');
    expect(await elapsed(refused())).toBeLessThan(100);
    await far.backplane.unsubscribe('c');
    for (const text of ['2', '3']) await near.backplane.publish('a', said(text));
    proxy.heal();
    await until(() => far.heard.texts.includes('3'), 'what was missed');
    // What was sent before the connection stalled may have been taken.
    expect(far.heard.texts.filter((text) => text !== 'refused')).toEqual(['1', '2', '3']);
    await until(() => far.states.at(-1) === 'connected', 'connected');
    expect(far.states).toEqual(['degraded', 'connected', 'degraded', 'connected']);
    expect(near.states).toEqual(['degraded', 'connected']);
    await far.backplane.subscribe('b');
    await far.backplane.publish('b', said('works'));
    await until(() => far.heard.texts.includes('works'), 'what is published');
    expect(log.of('warn')).toEqual([expect.stringMatching(/^Redis does not answer: /)]);
    expect(log.of('error')).toEqual([]);
  });
});

describe('a node', () => {
  it('waits for its first connection, for a while', async () => {
    proxy.cut();
    const { far } = twoNodes({ timeoutMs: 2000 });
    const joined = far.backplane.subscribe('a');
    await far.backplane.unsubscribe('b');
    proxy.heal();
    expect((await joined).offset).toBe(0);

    proxy.cut();
    const { far: other } = twoNodes({ timeoutMs: 200 });
    await expect(other.backplane.publish('a', said('refused'))).rejects.toMatchObject(unavailable);
    expect(log.of('warn').at(-1)).toContain('Redis does not answer');
    await other.backplane.close();
  });

  it('listens again to all its rooms, and misses nothing in any', async () => {
    const { far, near } = twoNodes({ timeoutMs: 2000 });
    const rooms = Array.from({ length: 1000 }, (_, i) => `room:${i}`);
    await Promise.all(rooms.map((room) => far.backplane.subscribe(room)));
    proxy.cut();
    await Promise.all(rooms.map((room) => near.backplane.publish(room, said('missed'))));
    proxy.heal();
    await Promise.all(rooms.map((room) => near.backplane.publish(room, said('next'))));
    await far.heard.until(2000);
    const heard = new Map(rooms.map((room): [string, unknown[]] => [room, []]));
    for (const { room, offset } of far.heard.all) heard.get(room)!.push(offset);
    for (const room of rooms) expect([room, heard.get(room)]).toEqual([room, [1, 2]]);
  });

  it('refuses what is too much to be under way: calls or bytes', async () => {
    const { far } = twoNodes({ timeoutMs: 2000, maxCalls: 3, maxCallBytes: 1000 });
    await far.backplane.subscribe('a');
    const outcomes = async (texts: string[]) =>
      (await Promise.allSettled(texts.map((text) => far.backplane.publish('a', said(text))))).map(
        ({ status }) => status,
      );
    expect(await outcomes(['1', '2', '3', '4'])).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(await outcomes(['x'.repeat(900), 'x'.repeat(100), '3'])).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await far.backplane.publish('a', said('next'))).toMatchObject({ offset: 6 });
  });

  it('goes on with the streams of a server that was killed and kept them', async () => {
    const { far, near } = twoNodes();
    const { epoch } = await near.backplane.subscribe('a');
    for (const text of ['1', '2', '3']) await far.backplane.publish('a', said(text));
    await server.kill();
    await expect(near.backplane.publish('a', said('refused'))).rejects.toMatchObject(unavailable);
    await server.restart();
    await until(() => near.states.at(-1) === 'connected', 'connected');
    const position = await near.backplane.publish('a', said('4'));
    expect(position).toEqual({ epoch: expect.not.stringMatching(new RegExp(`^${epoch}$`)) as string, offset: 4 });
    await near.heard.until(4);
    expect(near.heard.texts).toEqual(['1', '2', '3', '4']);
    expect(await near.backplane.locate('a', { epoch, offset: 3 })).toEqual({ ...position, offset: 3 });
  });
});

describe('publications that may wait', () => {
  const waiting = { maxMs: 5000, maxPublications: 10 };

  it('are published when Redis is back, once, in the order they were made', async () => {
    const { far, near } = twoNodes({}, { waiting });
    const { epoch } = await near.backplane.subscribe('a');
    await far.backplane.publish('a', said('1'));
    proxy.stall();
    const made = ['2', '3', '4'].map((text) => far.backplane.publish('a', said(text)));
    await until(() => far.states.at(-1) === 'degraded', 'degraded');
    made.push(...['5', '6'].map((text) => far.backplane.publish('a', said(text))));
    await expect(far.backplane.publish('a', said('no', { delivery: 'volatile' }))).rejects.toMatchObject(unavailable);
    proxy.heal();
    expect(await Promise.all(made)).toEqual([2, 3, 4, 5, 6].map((offset) => ({ epoch, offset })));
    await far.backplane.publish('a', said('7'));
    await near.heard.until(7);
    expect(near.heard.texts).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it('are refused when too many wait, too much, or for too long', async () => {
    const { far } = twoNodes({}, { waiting: { maxMs: 500, maxPublications: 2, maxBytes: 1000 } });
    await far.backplane.publish('a', said('1'));
    proxy.cut();
    await until(() => far.states.at(-1) === 'degraded', 'degraded');
    const made = ['2', 'x'.repeat(1000), '3', '4'].map((text) => far.backplane.publish('a', said(text)));
    const messages = (await Promise.allSettled(made)).map((each) => (each as { reason?: Error }).reason?.message);
    const late = 'Redis did not answer in time: this may be done or not. Try again later.';
    const full = 'Too much waits for Redis already. Try again later.';
    expect(messages).toEqual([late, full, late, full]);
  });

  it('of one room do not hold back another room', async () => {
    const { far } = twoNodes({}, { waiting: { maxMs: 1500 } });
    await server.command('SET', `away${prefixes}:{broken}`, 'no hash');
    const settled: string[] = [];
    const note = (text: string) => () => void settled.push(text);
    const broken = far.backplane.publish('broken', said('1')).then(note('published'), note('refused'));
    // Were each sent with the broken room's, a tenth of a second apart, they would take twice as long as that one waits.
    for (let i = 1; i <= 30; i++) await far.backplane.publish('a', said(`${i}`)).then(note('published'));
    await broken;
    expect(settled).toEqual([...Array<string>(30).fill('published'), 'refused']);
  });

  it.each([
    ['room', (i: number) => ({ room: 'busy', publication: said(`${i}`) })],
    ['user', (i: number) => ({ room: `room:${i}`, publication: said(`${i}`, { publisher: 'mallory' }) })],
  ])('of one %s that has most are refused first when too many wait', async (_, busy) => {
    const { far } = twoNodes({}, { waiting: { maxMs: 10_000, maxPublications: 4 } });
    await far.backplane.subscribe('a');
    proxy.cut();
    await until(() => far.states.at(-1) === 'degraded', 'degraded');
    const outcome = (publishing: Promise<unknown>) => publishing.then(() => 'published').catch(() => 'refused');
    const loud = [1, 2, 3, 4, 5].map(busy).map(({ room, publication }) => far.backplane.publish(room, publication));
    const quiet = ['a', 'b', 'c'].map((room) => far.backplane.publish(room, said(room)));
    const outcomes = Promise.all([...loud, ...quiet].map(outcome));
    await expect(loud[4]).rejects.toMatchObject(unavailable);
    proxy.heal();
    expect(await outcomes).toEqual([
      'published',
      ...Array<string>(4).fill('refused'),
      ...Array<string>(3).fill('published'),
    ]);
  });

  it('are refused when the node ends', async () => {
    const { far } = twoNodes({}, { waiting });
    await far.backplane.publish('a', said('1'));
    proxy.cut();
    await until(() => far.states.at(-1) === 'degraded', 'degraded');
    const made = far.backplane.publish('a', said('2'));
    await Promise.all([far.backplane.close(), expect(made).rejects.toMatchObject(unavailable)]);
  });

  it.each([
    [{ maxMs: 0 }, 'RedisBackplane: waiting.maxMs must be a whole number above 0, got 0.'],
    [{ maxMs: 1, max: 2 }, 'RedisBackplane: there is no option waiting.max.'],
  ])('have options that are checked: %j', (options, told) => {
    expect(() => new RedisBackplane({ url: server.url, prefix: 'x:' }, { waiting: options })).toThrow(told);
  });
});
