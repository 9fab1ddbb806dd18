import { SubscribeMessage } from '@nestjs/websockets';
import { RealtimeGateway, RealtimeCounters } from '../../src';
import type { TestClient } from '../support/client';
import { pulseDuring } from '../support/pulse';
import { realtime, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

function counts(client: TestClient): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { type, data } of client.unread) {
    const name = type === 'error' ? String(data.code) : type;
    found[name] = (found[name] ?? 0) + 1;
  }
  return found;
}

describe('the rate limit', () => {
  it('lets 20 frames pass at once, refuses the next, and says when to try again', async () => {
    const { app, connect } = await realtime({ limited: true });
    const alice = await connect('alice');
    for (let i = 0; i < 21; i++) alice.send('ping', {}, `p-${i}`);
    const error = await alice.next('error');
    expect(error).toMatchObject({
      reply_to: 'p-20',
      data: { code: 'rate_limited', message: 'Too many frames. Slow down.', retryable: true },
    });
    const { retry_after_ms } = error.data;
    expect(retry_after_ms).toBeGreaterThan(0);
    expect(retry_after_ms).toBeLessThanOrEqual(100);
    expect(counts(alice)).toEqual({ pong: 20 });
    expect(app.get(RealtimeCounters).rateLimited).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, retry_after_ms! + 1));
    expect((await alice.request('ping')).type).toBe('pong');
  });

  it('executes nothing it refuses', async () => {
    let executed = 0;
    @RealtimeGateway()
    class CountingGateway {
      @SubscribeMessage('count')
      count() {
        executed++;
      }
    }
    const rateLimit = { perSecond: 0.01, burst: 3 };
    const { connect } = await realtime({ limited: true, rateLimit, host: { providers: [CountingGateway] } });
    const alice = await connect('alice');
    for (let i = 0; i < 10; i++) alice.send('count', {}, `c-${i}`);
    await until(() => alice.unread.length === 10, 'every frame is answered');
    expect(counts(alice)).toEqual({ ack: 3, rate_limited: 7 });
    expect(executed).toBe(3);
  });

  it('takes more for what costs more, and all there is for what costs more than that', async () => {
    const rateLimit = { perSecond: 1, burst: 10, cost: { echo: 5, status: 50, ping: 0 } };
    const { connect } = await realtime({ limited: true, rateLimit });
    const alice = await connect('alice');
    const waitFor = async (type: string) => (await alice.refusal(type)).retry_after_ms;
    expect((await alice.request('echo')).type).toBe('echo');
    expect((await alice.request('echo')).type).toBe('echo');
    const wait = await waitFor('no_such_type');
    expect(wait).toBeGreaterThan(500);
    expect(wait).toBeLessThanOrEqual(1000);
    expect(await waitFor('echo')).toBeGreaterThan(4000);
    expect(await waitFor('status')).toBeGreaterThan(9000);
    expect(await waitFor('status')).toBeLessThanOrEqual(10_000);
    for (let i = 0; i < 30; i++) expect((await alice.request('ping')).type).toBe('pong');
    const bob = await connect('bob');
    expect((await bob.request('status')).type).toBe('status');
    expect((await bob.refusal('echo')).code).toBe('rate_limited');
  });

  it('of a user counts all its connections', async () => {
    const rateLimit = { perUser: { perSecond: 0.5, burst: 5 } };
    const { connect } = await realtime({ rateLimit });
    const [one, other, bob] = [await connect('alice'), await connect('alice'), await connect('bob')];
    for (let i = 0; i < 3; i++) await one.settled();
    for (let i = 0; i < 2; i++) await other.settled();
    const refusal = await other.refusal('ping');
    expect(refusal.code).toBe('rate_limited');
    expect(refusal.retry_after_ms).toBeGreaterThan(1000);
    expect(refusal.retry_after_ms).toBeLessThanOrEqual(2000);
    expect((await one.refusal('ping')).code).toBe('rate_limited');
    await bob.settled();
    const third = await connect('alice');
    expect((await third.refusal('ping')).code).toBe('rate_limited');
  });
});

describe('a client that keeps flooding', () => {
  const rateLimit = { perSecond: 1, burst: 5, disconnectAfterRefusals: 10 };

  it('is closed with 4029, and costs its neighbours nothing', async () => {
    const { app, connect } = await realtime({ limited: true, rateLimit: { ...rateLimit, cost: { ping: 0 } } });
    const flood = async (): Promise<void> => {
      for (let round = 1; round <= 10; round++) {
        const mallory = await connect('mallory');
        for (let i = 0; i < 500; i++) mallory.send('echo', { i }, `e-${i}`);
        expect(await mallory.closed).toEqual({ code: 4029, reason: 'kept sending while rate-limited' });
        expect(counts(mallory)).toEqual({ echo: 5, rate_limited: 10 });
      }
    };
    expect(await pulseDuring(await connect('bob'), flood)).toBeLessThan(100);
    expect(app.get(RealtimeCounters).rateLimited % 110).toBe(0);
  });

  it('may go on when it slows down', async () => {
    const { connect } = await realtime({
      limited: true,
      rateLimit: { perSecond: 50, burst: 1, disconnectAfterRefusals: 3 },
    });
    const alice = await connect('alice');
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 3; i++) alice.send('ping', {}, `p-${round}-${i}`);
      await until(() => alice.unread.length === 3 * (round + 1), 'every frame is answered');
      expect(alice.unread.at(-1)?.data.code).toBe('rate_limited');
      // What refills the bucket, 50 a second, also forgets refusals.
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await alice.settled();
    expect(alice.ws.readyState).toBe(alice.ws.OPEN);
  });

  it('is closed with 4029 when it floods with pings or pongs, or with what is malformed', async () => {
    const { connect } = await realtime({ limited: true, rateLimit, errorBudget: { malformedFrames: 100 } });
    const [pinging, ponging, babbling] = [await connect('alice'), await connect('bob'), await connect('carol')];
    let pongs = 0;
    pinging.ws.on('pong', () => pongs++);
    for (let i = 0; i < 100; i++) pinging.ws.ping(`${i}`);
    for (let i = 0; i < 100; i++) ponging.ws.pong();
    for (let i = 0; i < 100; i++) babbling.raw('{');
    for (const client of [pinging, ponging, babbling]) expect((await client.closed).code).toBe(4029);
    expect(pongs).toBe(5);
    expect(counts(babbling)).toEqual({ invalid_message: 5, rate_limited: 10 });
  });

  it('is closed with 4008 when it asks for pongs and does not read them', async () => {
    const { app, connect } = await realtime();
    const alice = await connect('alice');
    const payload = 'x'.repeat(125);
    alice.ws.pause();
    for (let round = 0; round < 500 && app.get(RealtimeCounters).slowConsumers === 0; round++) {
      for (let i = 0; i < 1000; i++) alice.ws.ping(payload);
      await new Promise((resolve) => setImmediate(resolve));
    }
    alice.ws.resume();
    expect((await alice.closed).code).toBe(4008);
  });
});

describe('the error budget', () => {
  it('closes with 4500 at the fifth malformed frame, each of them answered', async () => {
    const { app, connect } = await realtime();
    const alice = await connect('alice');
    for (let i = 0; i < 4; i++) alice.raw('{');
    await alice.refusal('no_such_type');
    await alice.refusal('join_room', { room: '!' });
    await alice.settled();
    expect(counts(alice)).toEqual({ invalid_message: 4 });
    alice.raw('[]');
    alice.send('ping');
    expect(await alice.closed).toEqual({ code: 4500, reason: 'too_many_errors' });
    expect(counts(alice)).toEqual({ invalid_message: 5 });
    expect(app.get(RealtimeCounters).malformed).toBe(5);
  });

  it('forgets what is longer ago than its window', async () => {
    const { connect } = await realtime({ errorBudget: { malformedFrames: 3, windowMs: 300 } });
    const alice = await connect('alice');
    for (let round = 0; round < 3; round++) {
      alice.raw('{');
      alice.raw('{');
      await alice.settled();
      const start = Date.now();
      await until(() => Date.now() - start > 310, 'the window is over');
    }
    for (let i = 0; i < 3; i++) alice.raw('{');
    expect((await alice.closed).code).toBe(4500);
    expect(counts(alice)).toEqual({ invalid_message: 9 });
  });
});
