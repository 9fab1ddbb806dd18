import { Registry } from 'prom-client';
import { resolveOptions } from '../../options/resolve-options';
import { checkMetrics, MetricsOptions } from './metrics.options';

const resolve = (metrics?: object) => resolveOptions('metrics', MetricsOptions, metrics, checkMetrics);

describe('the options of metrics', () => {
  it('have defaults', () => {
    expect(resolve()).toEqual({ prometheus: true, path: '/metrics', registry: undefined, types: [] });
  });

  it('take a registry of the application', () => {
    const registry = new Registry();
    expect(resolve({ registry, path: false }).registry).toBe(registry);
  });

  it.each([
    [{ path: 'metrics' }, "metrics.path must be a path such as '/metrics', or false, got 'metrics'."],
    [{ path: '/a/:id' }, "metrics.path must be a path such as '/metrics', or false, got '/a/:id'."],
    [{ registry: {} }, "metrics.registry must be a registry of prom-client, got {}. Try register of 'prom-client'."],
    [{ types: 'task' }, "metrics.types must be names of events, got 'task'. Try ['task.created']."],
    [{ types: ['a b'] }, `metrics.types must be names of events, got ["a b"]. Try ['task.created'].`],
    [{ on: true }, 'metrics.on is not an option. Known: prometheus, path, registry, types.'],
  ])('refuse what cannot work: %j', (options, message) => {
    expect(() => resolve(options)).toThrow(`RealtimeModule: option ${message}`);
  });
});
