import { SubscribeMessage } from '@nestjs/websockets';
import { Metrics } from '../../src/features/metrics';
import { RealtimeGateway, RealtimeCounters } from '../../src';
import type { TestClient } from '../support/client';
import { scrape } from '../support/prometheus';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

const metered = (options: RealtimeTestOptions = {}) => realtime({ ...options, metrics: {} });

@RealtimeGateway()
class Hanging {
  @SubscribeMessage('hang')
  hang() {
    return new Promise(() => undefined);
  }
}

describe('metrics', () => {
  it('are not served unless they are switched on', async () => {
    const { port } = await realtime();
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(404);
  });

  it('are exact after known traffic', async () => {
    const node = await metered();
    const [alice, bob] = [await node.connect('alice'), await node.connect('bob')];
    for (const client of [alice, bob]) await client.join('project:1');
    await node.events.emit('task.created', { n: 1 }, { room: 'project:1' });
    await node.events.emit('task.moved', { n: 2 }, { room: 'project:1', exceptUser: 'bob' });
    for (const client of [alice, bob]) await client.settled();
    await bob.refusal('join_room', { room: 'user:alice' });
    await bob.refusal('leave_room', { room: 'project:2' });
    const { value } = await scrape(node);
    expect(value('realtime_connections')).toBe(2);
    expect(value('realtime_connections_opened_total')).toBe(2);
    // project:1, each user's own, and everyone's.
    expect(value('realtime_rooms')).toBe(4);
    expect(value('realtime_frames_received_total{type="join_room"}')).toBe(3);
    expect(value('realtime_frames_received_total{type="ping"}')).toBe(2);
    expect(value('realtime_frames_received_total{type="chat"}')).toBe(0);
    expect(value('realtime_frames_received_total{type="other"}')).toBe(0);
    expect(value('realtime_frames_sent_total{type="auth_success"}')).toBe(2);
    expect(value('realtime_frames_sent_total{type="room_joined"}')).toBe(2);
    expect(value('realtime_frames_sent_total{type="task.created"}')).toBe(2);
    expect(value('realtime_frames_sent_total{type="task.moved"}')).toBe(1);
    expect(value('realtime_frames_sent_total{type="omitted"}')).toBe(1);
    expect(value('realtime_frames_sent_total{type="pong"}')).toBe(2);
    expect(value('realtime_frames_sent_total{type="error"}')).toBe(2);
    expect(value('realtime_frames_sent_total{type="other"}')).toBe(0);
    expect(value('realtime_publications_total')).toBe(2);
    expect(value('realtime_deliveries_total')).toBe(4);
    expect(value('realtime_delivery_lag_seconds_count')).toBe(4);
    expect(value('realtime_delivery_lag_seconds_bucket{le="10"}')).toBe(4);
    expect(value('realtime_backplane_publish_seconds_count')).toBe(2);
    expect(value('realtime_backplane_connected')).toBe(1);
    expect(value('realtime_errors_total{code="forbidden"}')).toBe(1);
    expect(value('realtime_errors_total{code="not_member"}')).toBe(1);
    expect(value('realtime_draining')).toBe(0);
  });

  it.each<[string, (node: Realtime, alice: TestClient) => Promise<unknown>]>([
    ['emit', ({ events }) => events.emit('task.created', {}, { room: 'project:1' })],
    ['emit into a mailbox', ({ events }) => events.emit('bill.due', {}, { user: 'carol', mailbox: true })],
    ['a message to a user', ({ rooms }) => rooms.message('carol', 'bill.due')],
    ['chat', (_, alice) => alice.request('chat', { room: 'project:1', text: 'Hi' })],
    ['broadcast', (_, alice) => alice.request('broadcast', { room: 'project:1', event: 'cursor.moved', data: {} })],
  ])('count the publication of %s', async (_, publish) => {
    const node = await metered({ clientEvents: ['cursor.moved'] });
    const alice = await node.connect('alice');
    await alice.join('project:1');
    await publish(node, alice);
    const { value } = await scrape(node);
    expect(value('realtime_backplane_publish_seconds_count')).toBe(1);
  });

  it('tell how publications leave together, and to how many', async () => {
    const node = await metered();
    const clients = await Promise.all(['alice', 'bob', 'carol'].map((user) => node.connect(user)));
    for (const client of clients) await client.join('project:1');
    const emitted = Array.from({ length: 16 }, (_, n) =>
      node.events.emit('task.created', { n }, { room: 'project:1' }),
    );
    await Promise.all(emitted);
    for (const client of clients) await client.settled();
    const { value } = await scrape(node);
    expect(value('realtime_fan_out_batch_size_sum')).toBe(16);
    expect(value('realtime_fan_out_batch_size_count')).toBe(1);
    expect(value('realtime_fan_out_recipients_sum')).toBe(3);
    expect(value('realtime_frames_sent_total{type="task.created"}')).toBe(48);
  });

  it('count the bytes of the wire', async () => {
    const node = await metered();
    const alice = await node.connect('alice');
    await alice.settled();
    const before = await scrape(node);
    const id = alice.send('echo', { text: 'ä'.repeat(500) });
    const reply = await alice.next('echo');
    const after = await scrape(node);
    const grown = (series: string): number => after.value(series) - before.value(series);
    const sent = JSON.stringify({ type: 'echo', data: { text: 'ä'.repeat(500) }, message_id: id });
    expect(grown('realtime_received_bytes_total')).toBe(Buffer.byteLength(sent));
    // A header of 4 bytes: what came is longer than 125.
    expect(grown('realtime_sent_bytes_total')).toBe(Buffer.byteLength(JSON.stringify(reply)) + 4);
  });

  it('tell who came back to what, and what was sent again', async () => {
    const node = await metered({ history: { maxPublications: 2 } });
    const alice = await node.connect('alice');
    const { epoch, offset } = await alice.join('project:1');
    for (const n of [1, 2, 3]) await node.events.emit('task.created', { n }, { room: 'project:1' });
    expect((await alice.join('project:1', { epoch, offset: 1 })).replayed).toBe(2);
    expect((await alice.join('project:1', { epoch, offset })).recovered).toBe(false);
    const { value } = await scrape(node);
    expect(value('realtime_recoveries_total{outcome="recovered"}')).toBe(1);
    expect(value('realtime_recoveries_total{outcome="lost"}')).toBe(1);
    expect(value('realtime_replays_total')).toBe(2);
  });

  it('count what a flood costs its sender', async () => {
    const rateLimit = { perSecond: 0.001, burst: 3, disconnectAfterRefusals: 1000 };
    const node = await metered({ limited: true, rateLimit });
    const alice = await node.connect('alice');
    for (let n = 0; n < 8; n++) alice.send('ping', {}, `p${n}`);
    await until(() => alice.frames.length === 9, 'nine frames');
    const { value } = await scrape(node);
    expect(value('realtime_rate_limited_total')).toBe(5);
    expect(value('realtime_errors_total{code="rate_limited"}')).toBe(5);
    expect(value('realtime_frames_received_total{type="ping"}')).toBe(8);
  });

  it('tell what waits for a reader that does not read, and what it costs', async () => {
    const node = await metered({ outbox: { maxFrames: 20, maxBytes: 64 * 1024 * 1024 } });
    const sloth = await node.connect('sloth');
    await sloth.join('project:1');
    sloth.ws.pause();
    const traffic = node.app.get(RealtimeCounters);
    const publish = async (delivery: 'reliable' | 'volatile') => {
      await node.events.emit('page.written', { page: 'x'.repeat(64 * 1024) }, { room: 'project:1', delivery });
      await new Promise(setImmediate);
    };
    while (traffic.volatileDropped < 5) await publish('volatile');
    const slow = await scrape(node);
    expect(slow.value('realtime_outbox_frames')).toBe(20);
    expect(slow.value('realtime_outbox_frames_max')).toBe(20);
    expect(slow.value('realtime_dropped_total{class="volatile"}')).toBe(traffic.volatileDropped);
    expect(slow.value('realtime_slow_consumers_total')).toBe(0);
    while (traffic.slowConsumers < 1) await publish('reliable');
    sloth.drop();
    await until(() => node.connections.size === 0, 'it is gone');
    const { value } = await scrape(node);
    expect(value('realtime_slow_consumers_total')).toBe(1);
    expect(value('realtime_connections_closed_total{code="4008"}')).toBe(1);
    expect(value('realtime_outbox_frames')).toBe(0);
  });

  it('count what is malformed, refused, or never answered', async () => {
    const node = await metered({ inbox: { handlerTimeoutMs: 50 }, host: { providers: [Hanging] } });
    const alice = await node.connect('alice');
    for (const text of ['{', '[]', '{"type":1}']) alice.raw(text);
    await alice.refusal('hang');
    const stranger = await node.open();
    stranger.send('authenticate', { token: 'no.good' });
    await stranger.closed;
    await expect(node.open('?token=no.good')).rejects.toThrow('401');
    const { value } = await scrape(node);
    expect(value('realtime_malformed_frames_total')).toBe(3);
    expect(value('realtime_frames_received_total{type="other"}')).toBe(3);
    expect(value('realtime_errors_total{code="invalid_message"}')).toBe(3);
    expect(value('realtime_handler_timeouts_total')).toBe(1);
    expect(value('realtime_errors_total{code="processing_error"}')).toBe(1);
    expect(value('realtime_authentications_refused_total')).toBe(2);
  });

  it('tell how late the event loop is', async () => {
    const node = await metered();
    await until(async () => {
      const end = performance.now() + 200;
      while (performance.now() < end);
      return (await scrape(node)).value('realtime_event_loop_delay_seconds{quantile="1"}') > 0.1;
    }, 'a delay of what the loop was stopped for');
  });

  it('know the codes with which connections end, and no others', async () => {
    const node = await metered();
    for (const code of [1000, 3001, 3999, 4999]) {
      const client = await node.connect('alice');
      client.ws.close(code);
      await client.closed;
    }
    const bob = await node.connect('bob');
    await node.rooms.disconnectUser('bob');
    await bob.closed;
    await until(() => node.connections.size === 0, 'all gone');
    const { families } = await scrape(node);
    const { samples } = families.get('realtime_connections_closed_total')!;
    expect(Object.fromEntries(samples.map(({ labels, value }) => [labels.code, value]))).toEqual({
      1000: 1,
      4503: 1,
      other: 3,
    });
  });
});

describe('the figures as an object', () => {
  it('are exact after known traffic', async () => {
    const node = await realtime();
    await node.events.emit('bill.due', {}, { user: 'carol', mailbox: true });
    for (const n of [1, 2]) await node.events.emit('bill.due', { n }, { user: 'dave', mailbox: true });
    const alice = await node.connect('alice');
    const bob = await node.connect('bob');
    for (const client of [alice, bob]) await client.join('project:1');
    await node.events.emit('task.created', {}, { room: 'project:1' });
    await alice.refusal('nonsense');
    await bob.settled();
    await bob.close();
    await until(() => node.connections.size === 1, 'bob is gone');
    const { middleware, ...rest } = await node.app.get(Metrics).snapshot();
    expect(rest).toEqual({
      hub: {
        active_connections: 1,
        total_connections: 2,
        messages_sent: alice.frames.length + bob.frames.length,
        messages_received: 4,
        broadcasts_sent: 1,
      },
      offline_messages: { total_messages: 3, users_with_messages: 2 },
    });
    const { rate_limiter, error_handler } = middleware;
    expect(error_handler).toEqual({ connections_with_errors: 1, total_errors: 1 });
    expect(rate_limiter).toEqual({ active_limiters: 1, requests_per_second: expect.any(Number) as number });
    expect(rate_limiter.requests_per_second).toBeGreaterThan(0);
    expect(rate_limiter.requests_per_second).toBeLessThanOrEqual(4);
  });

  it('are there without a database', async () => {
    const node = await realtime({ storage: false });
    const { offline_messages } = await node.app.get(Metrics).snapshot();
    expect(offline_messages).toEqual({ total_messages: 0, users_with_messages: 0 });
  });
});
