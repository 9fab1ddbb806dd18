import { CanActivate, Controller, Get } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ConnectedSocket, SubscribeMessage } from '@nestjs/websockets';
import { Registry } from 'prom-client';
import { Connection, Metrics, RealtimeGateway } from '../../src';
import { parseMetrics, valueOf } from '../support/prometheus';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

const metered = (options: RealtimeTestOptions = {}) => realtime({ ...options, metrics: { enabled: true } });

async function scrape({ port }: Realtime, path = '/metrics') {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const families = parseMetrics(await response.text());
  return { families, value: (series: string) => valueOf(families, series) };
}

describe('metrics', () => {
  it('are not served unless they are switched on', async () => {
    const { port } = await realtime();
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(404);
  });

  it('are exact after known traffic', async () => {
    const node = await metered({ rooms: { policy: undefined } });
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
    const rateLimit = { perSecond: 0.001, burst: 3, floodFrames: 1000 };
    const node = await metered({ limited: true, rateLimit });
    const alice = await node.connect('alice');
    for (let n = 0; n < 8; n++) alice.send('ping', {}, `p${n}`);
    await until(() => alice.frames.length === 9, 'nine frames');
    const { value } = await scrape(node);
    expect(value('realtime_rate_limited_total')).toBe(5);
    expect(value('realtime_errors_total{code="rate_limited"}')).toBe(5);
    expect(value('realtime_frames_received_total{type="ping"}')).toBe(8);
  });

  it('know the codes with which connections end, and no others', async () => {
    const node = await metered();
    for (const code of [1000, 3001, 3999, 4999]) {
      const client = await node.connect('alice');
      client.ws.close(code);
      await client.closed;
    }
    const bob = await node.connect('bob');
    node.rooms.disconnectUser('bob');
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

describe('the labels of metrics', () => {
  it('are bounded, whatever clients send', async () => {
    const node = await metered({ errorBudget: { malformedFrames: 1000 } });
    const alice = await node.connect('alice', { roles: ['admin'] });
    await alice.join('project:1');
    for (let n = 0; n < 300; n++) {
      alice.send(`made_up_${n}`, {});
      alice.send('broadcast', { room: 'project:1', event: `evil.event${n}`, data: {} });
      alice.raw('{"type":"__proto__"}');
    }
    alice.raw('{"type":"a\\"b}\\n# TYPE x counter\\n","data":{}}');
    alice.raw('no JSON');
    await alice.settled();
    const { families, value } = await scrape(node);
    const text = JSON.stringify([...families]);
    expect(text).not.toMatch(/made_up|evil|__proto__|# TYPE x/);
    expect(value('realtime_frames_received_total{type="other"}')).toBe(602);
    expect(value('realtime_frames_received_total{type="broadcast"}')).toBe(300);
    expect(value('realtime_frames_sent_total{type="other"}')).toBe(300);
    const series = [...families.values()].reduce((sum, { samples }) => sum + samples.length, 0);
    expect(series).toBeLessThan(250);
  });

  it('are bounded, whatever the application emits', async () => {
    const node = await metered();
    const alice = await node.connect('alice');
    await alice.join('project:1');
    for (let n = 0; n < 500; n++) await node.events.emit(`event.n${n}`, {}, { room: 'project:1' });
    await alice.settled();
    const { families, value } = await scrape(node);
    expect(families.get('realtime_frames_sent_total')!.samples.length).toBeLessThan(250);
    expect(value('realtime_frames_sent_total{type="event.n0"}')).toBe(1);
    expect(value('realtime_frames_sent_total{type="other"}')).toBe(300);
  });

  it('name the types the application says it has', async () => {
    @RealtimeGateway()
    class Cards {
      @SubscribeMessage('move_card')
      move(@ConnectedSocket() _: Connection) {
        return { event: 'card_moved', data: {} };
      }
    }
    const node = await realtime({ host: { providers: [Cards] }, metrics: { enabled: true, types: ['card_moved'] } });
    const alice = await node.connect('alice');
    await alice.request('move_card');
    const { value } = await scrape(node);
    expect(value('realtime_frames_received_total{type="move_card"}')).toBe(1);
    expect(value('realtime_frames_sent_total{type="card_moved"}')).toBe(1);
  });
});

@Controller()
class Hello {
  @Get('hello')
  hello() {
    return 'hello';
  }
}

class Never implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

describe.each([
  ['Express', () => undefined],
  ['Fastify', () => new FastifyAdapter()],
])('metrics under %s', (_, http) => {
  it('are at their path, whatever prefix and guards the application has', async () => {
    const node = await realtime({
      http: http(),
      metrics: { enabled: true, path: '/internal/metrics' },
      host: { controllers: [Hello] },
      configure: (app) => app.setGlobalPrefix('api').useGlobalGuards(new Never()),
    });
    const status = async (path: string, method = 'GET') =>
      (await fetch(`http://127.0.0.1:${node.port}${path}`, { method })).status;
    expect(await status('/api/hello')).toBe(403);
    expect(await status('/metrics')).toBe(404);
    expect(await status('/internal/metrics', 'POST')).toBe(404);
    const { value } = await scrape(node, '/internal/metrics');
    expect(value('realtime_connections')).toBe(0);
  });
});

describe("metrics in the application's own registry", () => {
  it('are beside its own, served by it alone, and gone with the module', async () => {
    const registry = new Registry();
    const node = await realtime({ metrics: { enabled: true, registry, path: false } });
    await node.connect('alice');
    expect((await fetch(`http://127.0.0.1:${node.port}/metrics`)).status).toBe(404);
    expect(valueOf(parseMetrics(await registry.metrics()), 'realtime_connections')).toBe(1);
    await stopAll();
    expect(await registry.metrics()).toBe('\n');
    await realtime({ metrics: { enabled: true, registry, path: false } });
  });

  it('are also there as OpenMetrics', async () => {
    const registry = new Registry<'application/openmetrics-text; version=1.0.0; charset=utf-8'>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const node = await realtime({ metrics: { enabled: true, registry } });
    const response = await fetch(`http://127.0.0.1:${node.port}/metrics`);
    expect(response.headers.get('content-type')).toBe(Registry.OPENMETRICS_CONTENT_TYPE);
    const text = await response.text();
    expect(text).toContain('\nrealtime_connections_opened_total 0\n');
    expect(text).toMatch(/\n# EOF\n$/);
  });

  it('may not meet others of their names', async () => {
    const registry = new Registry();
    await realtime({ metrics: { enabled: true, registry, path: false } });
    const second = realtime({ metrics: { enabled: true, registry, path: false } });
    await expect(second).rejects.toThrow('A metric with the name realtime_connections has already been registered.');
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
