import { CanActivate, Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import { RealtimeModule } from '../../src';
import { MetricsModule } from '../../src/features/metrics';
import { parseMetrics, scrape, valueOf } from '../support/prometheus';
import { realtime, stopAll } from '../support/realtime';
import { SECRET } from '../support/tokens';

afterEach(stopAll);

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
      metrics: { path: '/internal/metrics' },
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
    const node = await realtime({ metrics: { registry, path: false } });
    await node.connect('alice');
    expect((await fetch(`http://127.0.0.1:${node.port}/metrics`)).status).toBe(404);
    expect(valueOf(parseMetrics(await registry.metrics()), 'realtime_connections')).toBe(1);
    await stopAll();
    expect(await registry.metrics()).toBe('\n');
    await realtime({ metrics: { registry, path: false } });
  });

  it('are also there as OpenMetrics', async () => {
    const registry = new Registry<'application/openmetrics-text; version=1.0.0; charset=utf-8'>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const node = await realtime({ metrics: { registry } });
    const response = await fetch(`http://127.0.0.1:${node.port}/metrics`);
    expect(response.headers.get('content-type')).toContain('application/openmetrics-text; ');
    const text = await response.text();
    expect(text).toContain('\nrealtime_connections_opened_total 0\n');
    expect(text).toMatch(/\n# EOF\n$/);
  });

  it('are there in a process without HTTP', async () => {
    const registry = new Registry();
    @Module({
      imports: [
        RealtimeModule.forRoot({ auth: { secret: SECRET }, policy: 'open' }),
        MetricsModule.forRoot({ registry }),
      ],
    })
    class WorkerModule {}
    const worker = await NestFactory.createApplicationContext(WorkerModule, { logger: false });
    expect(valueOf(parseMetrics(await registry.metrics()), 'realtime_backplane_connected')).toBe(1);
    await worker.close();
  });

  it('may not meet others of their names', async () => {
    const registry = new Registry();
    await realtime({ metrics: { registry, path: false } });
    const second = realtime({ metrics: { registry, path: false } });
    await expect(second).rejects.toThrow('A metric with the name realtime_connections has already been registered.');
  });
});
