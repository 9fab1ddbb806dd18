import { optionalPackage } from '../../options/packages';

/** What of a prom-client `Registry` is used, of whichever version the application has. */
export interface MetricsRegistry {
  readonly contentType: string;
  metrics(): Promise<string>;
  registerMetric(metric: never): void;
  removeSingleMetric(name: string): void;
}

/** A registry of the module's own. @throws Error when prom-client is not installed */
export function newRegistry(): MetricsRegistry {
  return new (loadPromClient().Registry)();
}

function loadPromClient(): typeof import('prom-client') {
  // Optional: an application that passes a registry brings it, and one without Prometheus does not need it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return optionalPackage('prom-client', 'MetricsModule', () => require('prom-client'));
}
