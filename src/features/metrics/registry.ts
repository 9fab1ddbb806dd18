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
  try {
    // Optional: who hands in a registry brings it, and who wants no metrics does not need it.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('prom-client') as typeof import('prom-client');
  } catch (cause) {
    throw new Error('RealtimeModule: metrics need the package prom-client: npm install prom-client', { cause });
  }
}
