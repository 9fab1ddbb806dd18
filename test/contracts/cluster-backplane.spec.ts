import { Logger } from '@nestjs/common';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { ClusterBackplane } from '../../src/adapters/ipc/cluster.backplane';
import type { ClusterPrimary } from '../../src/adapters/ipc/cluster.primary';
import { serveClusterBackplane } from '../../src/adapters/ipc/serve-cluster-backplane';
import { ClusterWorker, killWorkers, RemoteBackplane, setUpCluster } from '../support/cluster';
import { TestLogger } from '../support/realtime';
import { until } from '../support/until';
import { describeBackplane, Heard, said, textsOf } from './backplane';

let first: ClusterWorker;
let second: ClusterWorker;
let primary: ClusterPrimary;

beforeAll(async () => {
  [first, second] = await Promise.all([ClusterWorker.fork(), ClusterWorker.fork()]);
}, 60_000);

beforeEach(() => {
  setUpCluster();
  primary = serveClusterBackplane();
});

afterEach(() => primary.close());
afterAll(killWorkers);

describeBackplane('ClusterBackplane', (retention) => first.open({}, retention));

describe('a cluster', () => {
  it('gives all workers the same publications, in the same order, with the same offsets', async () => {
    const [alice, bob] = [await first.open(), await second.open()];
    const heard = [new Heard(alice), new Heard(bob)];
    const { epoch } = await alice.subscribe('a');
    expect(await bob.subscribe('a')).toEqual({ epoch, offset: 0 });
    const burst = (name: string) => Array.from({ length: 100 }, (_, i) => said(`${name}${i}`));
    const published = await Promise.all([
      ...burst('alice').map((publication) => alice.publish('a', publication)),
      ...burst('bob').map((publication) => bob.publish('a', publication)),
    ]);
    for (const each of heard) await each.until(200);
    expect(heard[0].texts).toEqual(heard[1].texts);
    for (const { all } of heard) expect(all.map(({ offset }) => offset)).toEqual(ordinals(200));
    expect(published.map(({ offset }) => offset).sort((a, b) => a - b)).toEqual(ordinals(200));
    expect(textsOf(await bob.read('a', { epoch, offset: 0 }))).toEqual(heard[0].texts);
  });

  it('delivers only to the workers that subscribed, until they unsubscribe', async () => {
    const [alice, bob] = [await first.open(), await second.open()];
    const heard = new Heard(bob);
    await alice.subscribe('a');
    await bob.subscribe('b');
    await alice.publish('a', said('for alice'));
    await bob.subscribe('a');
    await alice.publish('a', said('for both'));
    await bob.unsubscribe('a');
    await alice.publish('a', said('for alice again'));
    await alice.publish('b', said('end'));
    await heard.until(2);
    expect(heard.texts).toEqual(['for both', 'end']);
  });

  it('forgets a worker that closes or is killed, and keeps what it published', async () => {
    const third = await ClusterWorker.fork();
    const [alice, bob, carol] = [await first.open(), await second.open(), await third.open()];
    await alice.subscribe('a');
    await bob.subscribe('b');
    const since = await carol.subscribe('c');
    await carol.publish('c', said('last words'));
    expect(primary.rooms).toBe(3);
    await bob.close();
    expect(primary.rooms).toBe(2);
    await third.kill();
    await until(() => primary.rooms === 1, 'the end of the subscriptions');
    expect(textsOf(await alice.read('c', since))).toEqual(['last words']);
  });

  it('forgets a worker that dies with a connection it was handed and has not taken', async () => {
    const third = await ClusterWorker.fork();
    const carol = await third.open();
    await carol.subscribe('c');
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    third.worker.process.kill('SIGSTOP');
    third.worker.process.send('take this', server);
    await third.kill();
    await until(() => primary.rooms === 0, 'the end of the subscriptions');
    server.close();
  });

  it('sends what is due in one turn in one message', async () => {
    const alice = await first.open();
    await alice.subscribe('a');
    const heard = new Heard(alice);
    let messages = 0;
    const count = ({ kind }: { kind: string }) => void (messages += Number(kind === 'realtime.calls'));
    first.worker.process.on('message', count);
    await alice.together(ordinals(100).map((i) => alice.call('publish', 'a', said(`${i}`))));
    first.worker.process.off('message', count);
    await heard.until(100);
    expect(messages).toBe(1);
  });

  it('answers as fast as a worker takes it: many reads of much do not pile up', async () => {
    const alice = await first.open();
    const since = await alice.subscribe('a');
    for (const i of ordinals(10)) await alice.publish('a', said(`${i}`.padEnd(50_000)));
    const reads = await alice.together(ordinals(100).map(() => alice.call('read', 'a', since)));
    expect(reads.map(({ failure }) => failure)).toEqual(ordinals(100).map(() => undefined));
    const [{ value: largest }] = (await first.order({ order: 'largest' })) as { value: number }[];
    expect(largest).toBeGreaterThan(500_000);
    expect(largest).toBeLessThan(2_000_000);
  });

  it('kills a worker that does not take its publications, and goes on with the others', async () => {
    await primary.close();
    primary = serveClusterBackplane({ maxQueuedBytes: 1_000_000 });
    const log = new TestLogger();
    Logger.overrideLogger(log);
    const third = await ClusterWorker.fork();
    const [alice, stuck] = [await first.open(), await third.open()];
    await alice.subscribe('a');
    await stuck.subscribe('a');
    const heard = new Heard(alice);
    void third.order({ order: 'block' });
    for (let i = 0; third.worker.isConnected(); i++) await alice.publish('a', said(`${i}`.padEnd(50_000)));
    Logger.overrideLogger(true);
    const { offset } = await alice.publish('a', said('end'));
    await heard.until(offset);
    expect((await third.exited)[1]).toBe('SIGKILL');
    expect(offset).toBeGreaterThan(20);
    expect(log.text).toMatch(/^Worker \d+ is killed: 1\d{6} bytes of publications wait for it/);
    expect(heard.all.map((delivery) => delivery.offset)).toEqual(ordinals(offset));
  });
});

describe('a worker whose primary does not answer', () => {
  const unavailable = { code: 'unavailable' };

  it('is told so for what was on its way and for all that follows, when it is disconnected', async () => {
    const third = await ClusterWorker.fork();
    const carol = await third.open();
    await primary.close();
    const calls = [carol.call('publish', 'a', said('lost')), carol.call('subscribe', 'a')];
    void third.order({ order: 'disconnect', node: carol.node, calls });
    await third.exited;
    const lost = { failure: expect.objectContaining(unavailable) as object, cause: 'the primary is gone' };
    expect(JSON.parse(third.stdout)).toEqual([
      [lost, lost],
      [lost, lost],
    ]);
  });

  it('is told so in time, and at once when what it asked for has piled up', async () => {
    const alice = await first.open({ timeoutMs: 300, maxCalls: 2 });
    await alice.subscribe('a');
    await primary.close();
    const calls = [alice.call('publish', 'a', said('1')), alice.call('publish', 'a', said('2'))];
    const cause = 'no answer in 300 ms: does the primary call serveClusterBackplane()?';
    const late = { failure: expect.objectContaining(unavailable) as object, cause };
    expect(await alice.together(calls)).toEqual([late, late]);
    const full = { ...unavailable, cause: expect.stringMatching(/^2 calls of \d+ bytes wait/) as string };
    await expect(alice.subscribe('a')).rejects.toMatchObject(full);
  });

  it('is refused what is too much to wait: calls or bytes', async () => {
    const alice = await first.open({ maxCalls: 3, maxCallBytes: 1000 });
    await alice.subscribe('a');
    const outcomes = async (node: RemoteBackplane, texts: string[]) =>
      (await node.together(texts.map((text) => node.call('publish', 'a', said(text))))).map(({ failure }) => failure);
    const refused = expect.objectContaining(unavailable) as object;
    expect(await outcomes(alice, ['1', '2', '3', '4'])).toEqual([undefined, undefined, undefined, refused]);
    expect(await outcomes(alice, ['x'.repeat(900), 'x'.repeat(100), '3'])).toEqual([undefined, refused, undefined]);
    expect(await alice.publish('a', said('next'))).toMatchObject({ offset: 6 });
  });
});

describe('a cluster set up wrongly', () => {
  it('is told how to carry bytes, in the primary', () => {
    setUpCluster('json');
    const told =
      "serveClusterBackplane: this cluster's messages are json, which cannot carry bytes. " +
      "Call cluster.setupPrimary({ serialization: 'advanced' }) first.";
    expect(() => serveClusterBackplane()).toThrow(told);
  });

  it('is told how to carry bytes, in a worker', async () => {
    const third = await ClusterWorker.fork('json');
    const told =
      "ClusterBackplane: this cluster's messages are JSON, which cannot carry bytes. " +
      "Call cluster.setupPrimary({ serialization: 'advanced' }) in the primary, before it forks.";
    await expect(third.open()).rejects.toThrow(told);
  });

  it('is told which side belongs where', async () => {
    expect(() => new ClusterBackplane()).toThrow(
      'ClusterBackplane: this process is no worker of a cluster. Start it with cluster.fork() from a primary that ' +
        'calls serveClusterBackplane(), or leave the backplane option out.',
    );
    setUpCluster('advanced', 'cluster-misplaced.ts');
    const [told] = (await once(cluster.fork(), 'message')) as [string];
    expect(told).toBe(
      "serveClusterBackplane: this process is a cluster's worker. Call it in the primary; a worker has a " +
        'new ClusterBackplane().',
    );
  });

  it.each([
    [{ maxQueuedBytes: 0 }, 'serveClusterBackplane: maxQueuedBytes must be a whole number above 0, got 0.'],
    [{ maxBytes: 1 }, 'serveClusterBackplane: there is no option maxBytes.'],
  ])('is told about %j', (options: object, told) => {
    expect(() => serveClusterBackplane(options)).toThrow(told);
  });
});

function ordinals(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
