import { InvalidOption, show } from '../auth/invalid-option';
import { isTypeName } from '../protocol/codec';
import type { MetricsRegistry } from './registry';

/**
 * For Prometheus; needs the package prom-client. `path` is served as it stands, without a global prefix and to anybody:
 * keep it from the outside, or serve `registry` yourself with `path: false`. `registry`: the application's own, to which
 * ours are added. `types`: of events that other processes emit, and replies of the application's own, which are to be
 * counted by their names.
 */
export const METRICS = {
  enabled: false,
  path: '/metrics' as string | false,
  registry: undefined as MetricsRegistry | undefined,
  types: [] as readonly string[],
};

/** `<path>` and `<path>/ready`: 200 or 503; `<path>/live`: 200. Served as it stands, to anybody; `false`: nowhere. */
export const HEALTH = { path: '/api/v1/websocket/health' as string | false };

/** @throws InvalidOption */
export function checkMetrics(metrics: Readonly<typeof METRICS>): Readonly<typeof METRICS> {
  const { path, registry, types } = metrics;
  checkRoute('metrics.path', path);
  if (registry && typeof registry.registerMetric !== 'function') {
    const hint = "Try register of 'prom-client'.";
    throw new InvalidOption('metrics.registry', `must be a registry of prom-client, got ${show(registry)}`, hint);
  }
  if (!Array.isArray(types) || !types.every(isTypeName)) {
    throw new InvalidOption('metrics.types', `must be names of events, got ${show(types)}`, "Try ['task.created'].");
  }
  return metrics;
}

/** @throws InvalidOption */
export function checkHealth(health: Readonly<typeof HEALTH>): Readonly<typeof HEALTH> {
  checkRoute('health.path', health.path);
  return health;
}

function checkRoute(option: string, path: unknown): void {
  if (path === false || (typeof path === 'string' && /^(\/[\w.~-]+)+$/.test(path))) return;
  throw new InvalidOption(option, `must be a path such as '/metrics', or false, got ${show(path)}`);
}
