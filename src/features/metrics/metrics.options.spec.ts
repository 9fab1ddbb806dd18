import { Registry } from 'prom-client';
import { resolveOptions } from '../../options/resolve-options';
import { checkHealth, HealthOptions } from './health.options';
import { checkMetrics, MetricsOptions } from './metrics.options';

function resolve({ metrics, health }: { metrics?: object; health?: object }) {
  return {
    metrics: resolveOptions('metrics', MetricsOptions, metrics, checkMetrics),
    health: resolveOptions('health', HealthOptions, health, checkHealth),
  };
}

describe('the options of metrics and health', () => {
  it('have defaults: no metrics, and health for everybody', () => {
    const { metrics, health } = resolve({});
    expect(metrics).toEqual({ enabled: false, path: '/metrics', registry: undefined, types: [] });
    expect(health).toEqual({ path: '/api/v1/websocket/health' });
  });

  it('take a registry of the application', () => {
    const registry = new Registry();
    expect(resolve({ metrics: { enabled: true, registry, path: false } }).metrics.registry).toBe(registry);
  });

  it.each([
    [{ metrics: { path: 'metrics' } }, "metrics.path must be a path such as '/metrics', or false, got 'metrics'."],
    [{ metrics: { path: '/a/:id' } }, "metrics.path must be a path such as '/metrics', or false, got '/a/:id'."],
    [{ health: { path: '/' } }, "health.path must be a path such as '/metrics', or false, got '/'."],
    [{ health: { path: true } }, "health.path must be a path such as '/metrics', or false, got true."],
    [
      { metrics: { registry: {} } },
      "metrics.registry must be a registry of prom-client, got {}. Try register of 'prom-client'.",
    ],
    [{ metrics: { types: 'task' } }, "metrics.types must be names of events, got 'task'. Try ['task.created']."],
    [{ metrics: { types: ['a b'] } }, `metrics.types must be names of events, got ["a b"]. Try ['task.created'].`],
    [{ metrics: { on: true } }, 'metrics.on is not an option. Known: enabled, path, registry, types.'],
  ])('refuse what cannot work: %j', (options, message) => {
    expect(() => resolve(options)).toThrow(`RealtimeModule: option ${message}`);
  });
});
