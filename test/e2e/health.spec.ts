import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { SubscribeMessage } from '@nestjs/websockets';
import { Metrics } from '../../src/features/metrics';
import { PostgresStorage } from '../../src/adapters/postgres';
import { RealtimeGateway } from '../../src';
import { RealtimeHealthIndicator } from '../../src/features/health';
import { RedisBackplane, RedisConnections } from '../../src/adapters/redis';
import { Gate } from '../support/gate';
import { PostgresServer } from '../support/postgres';
import { parseMetrics, valueOf } from '../support/prometheus';
import { Proxy, stopProxies } from '../support/proxy';
import { Realtime, realtime, stopAll } from '../support/realtime';
import { RedisServer, stopRedis } from '../support/redis-server';
import { until } from '../support/until';

const PATH = '/api/v1/websocket/health';

afterEach(async () => {
  await stopAll();
  stopProxies();
});

async function get({ port }: Realtime, path: string) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, body: (await response.json()) as { status: string; checks?: object } };
}

/** Waits until a node says this of itself. */
async function becomes(node: Realtime, status: number): Promise<void> {
  await until(async () => (await get(node, `${PATH}/ready`)).status === status, `ready answers ${status}`);
}

const UP = { server: 'up', backplane: 'up', storage: 'up' };
const alive = { status: 200, body: { status: 'ok' } };

describe('health', () => {
  it.each([
    ['Express', () => undefined],
    ['Fastify', () => new FastifyAdapter()],
  ])('is told to anybody, under %s', async (_, http) => {
    const node = await realtime({ http: http(), configure: (app) => app.setGlobalPrefix('v1') });
    const ready = { status: 200, body: { status: 'ok', checks: UP } };
    expect(await get(node, PATH)).toEqual(ready);
    expect(await get(node, `${PATH}/ready`)).toEqual(ready);
    expect(await get(node, `${PATH}/live`)).toEqual(alive);
    const { headers } = await fetch(`http://127.0.0.1:${node.port}${PATH}`);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is where the application wants it, or nowhere', async () => {
    const [here, nowhere] = [
      await realtime({ health: { path: '/healthz' } }),
      await realtime({ health: { path: false } }),
    ];
    expect((await get(here, '/healthz/ready')).status).toBe(200);
    expect((await get(here, PATH)).status).toBe(404);
    expect((await get(nowhere, PATH)).status).toBe(404);
  });

  it('knows no storage where nothing is stored', async () => {
    const node = await realtime({ storage: false });
    expect((await get(node, PATH)).body).toEqual({ status: 'ok', checks: { server: 'up', backplane: 'up' } });
  });

  it('is not ready while the process drains, but alive', async () => {
    const gate = new Gate();
    @RealtimeGateway()
    class Slow {
      @SubscribeMessage('wait')
      wait() {
        return gate.pass();
      }
    }
    const node = await realtime({ host: { providers: [Slow] } });
    const alice = await node.connect('alice');
    alice.send('wait');
    await until(() => gate.arrived === 1, 'the handler runs');
    const closing = node.app.close();
    await alice.next('server_shutdown');
    const checks = { ...UP, server: 'draining' };
    expect(await get(node, PATH)).toEqual({ status: 503, body: { status: 'unavailable', checks } });
    expect(await get(node, `${PATH}/live`)).toEqual(alive);
    gate.open();
    await closing;
  });
});

describe('health, and metrics, when Redis is away', () => {
  afterAll(stopRedis);

  it('are not ready until it is back', async () => {
    const redis = await RedisServer.start();
    const proxy = await Proxy.to(redis.port);
    const connections = new RedisConnections({ url: proxy.url, prefix: 'health:', timeoutMs: 500 });
    const node = await realtime({ backplane: new RedisBackplane(connections), metrics: {} });
    const metric = async (series: string) => {
      const scraped = await fetch(`http://127.0.0.1:${node.port}/metrics`);
      return valueOf(parseMetrics(await scraped.text()), series);
    };
    await becomes(node, 200);
    proxy.cut();
    await becomes(node, 503);
    const checks = { ...UP, backplane: 'degraded' };
    expect(await get(node, PATH)).toEqual({ status: 503, body: { status: 'unavailable', checks } });
    expect(await get(node, `${PATH}/live`)).toEqual(alive);
    await expect(node.events.emit('task.created', {}, { room: 'project:1' })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(await metric('realtime_backplane_connected')).toBe(0);
    expect(await metric('realtime_backplane_publish_failures_total')).toBe(1);
    proxy.heal();
    await becomes(node, 200);
    expect(await metric('realtime_backplane_connected')).toBe(1);
  });
});

describe('health, and metrics, when the database is away', () => {
  let server: PostgresServer;

  beforeAll(async () => (server = await PostgresServer.start()), 60_000);
  afterAll(() => server.end());

  it('are not ready until it is back', async () => {
    const storage = new PostgresStorage({ url: await server.createDatabase() });
    const node = await realtime({ storage, metrics: {} });
    for (const user of ['carol', 'carol', 'dave']) await node.events.emit('bill.due', {}, { user, mailbox: true });
    const scrape = async () => parseMetrics(await (await fetch(`http://127.0.0.1:${node.port}/metrics`)).text());
    const offline = async () => (await node.app.get(Metrics).snapshot()).offline_messages;
    await becomes(node, 200);
    expect(await offline()).toEqual({ total_messages: 3, users_with_messages: 2 });
    expect(valueOf(await scrape(), 'realtime_mailbox_messages')).toBe(3);
    expect(valueOf(await scrape(), 'realtime_mailbox_users')).toBe(2);
    await server.stop();
    await becomes(node, 503);
    const checks = { ...UP, storage: 'down' };
    expect(await get(node, PATH)).toEqual({ status: 503, body: { status: 'unavailable', checks } });
    expect(await get(node, `${PATH}/live`)).toEqual(alive);
    expect(await offline()).toEqual({ total_messages: null, users_with_messages: null });
    expect((await scrape()).get('realtime_mailbox_messages')!.samples).toEqual([]);
    await server.start();
    await becomes(node, 200);
    expect(await offline()).toEqual({ total_messages: 3, users_with_messages: 2 });
    expect(node.log.of('error')).toEqual([]);
  });
});

@Controller('checks')
class Checks {
  constructor(
    private readonly health: HealthCheckService,
    private readonly realtime: RealtimeHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check() {
    return this.health.check([() => this.realtime.isReady(), () => this.realtime.isReady('chat')]);
  }

  @Get('live')
  @HealthCheck()
  live() {
    return this.health.check([() => this.realtime.isLive('chat')]);
  }
}

describe("health in the application's own checks, with terminus", () => {
  it('is an indicator, up and down', async () => {
    const redis = await RedisServer.start();
    const proxy = await Proxy.to(redis.port);
    const connections = new RedisConnections({ url: proxy.url, prefix: 'health:', timeoutMs: 500 });
    const host = { imports: [TerminusModule.forRoot({ logger: false })], controllers: [Checks] };
    const node = await realtime({ backplane: new RedisBackplane(connections), storage: false, host });
    await becomes(node, 200);
    const up = { status: 'up', server: 'up', backplane: 'up' };
    expect(await get(node, '/checks')).toMatchObject({
      status: 200,
      body: { status: 'ok', info: { realtime: up, chat: up } },
    });
    proxy.cut();
    await becomes(node, 503);
    expect(await get(node, '/checks')).toMatchObject({
      status: 503,
      body: { status: 'error', error: { realtime: { status: 'down', server: 'up', backplane: 'degraded' } } },
    });
    expect(await get(node, '/checks/live')).toMatchObject({
      status: 200,
      body: { status: 'ok', info: { chat: { status: 'up' } } },
    });
    await stopRedis();
  });
});
