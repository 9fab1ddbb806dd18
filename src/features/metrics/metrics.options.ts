import { InvalidOption, show } from '../../options/invalid-option';
import { isTypeName } from '../../protocol/codec';
import { checkRoute } from '../../gateway/http/plain-route';
import type { MetricsRegistry } from './registry';

/** The metrics of this process, as an object and for Prometheus. */
export class MetricsOptions {
  /** Whether metrics are registered for Prometheus. This needs the package prom-client. @default true */
  readonly prometheus: boolean = true;
  /**
   * Where the metrics are served, without a global prefix and without authentication: block this path from the outside,
   * or serve `registry` yourself with `path: false`. @default '/metrics'
   */
  readonly path: string | false = '/metrics';
  /** The application's registry of prom-client, to which the metrics are added. @default undefined: a registry of its own */
  readonly registry: MetricsRegistry | undefined = undefined;
  /**
   * Frame types to be counted by their names: of events that other processes emit, and of the application's own replies.
   * @default []
   */
  readonly types: readonly string[] = [];
}

/** @throws InvalidOption */
export function checkMetrics({ path, registry, types }: MetricsOptions): void {
  checkRoute('metrics.path', path);
  if (registry && typeof registry.registerMetric !== 'function') {
    const hint = "Try register of 'prom-client'.";
    throw new InvalidOption('metrics.registry', `must be a registry of prom-client, got ${show(registry)}`, hint);
  }
  if (!Array.isArray(types) || !types.every(isTypeName)) {
    throw new InvalidOption('metrics.types', `must be names of events, got ${show(types)}`, "Try ['task.created'].");
  }
}
