export { MetricsModule } from './metrics.module';
export type { MetricsOptions } from './metrics.options';
export { Metrics } from './metrics';
export type { MetricsSnapshot } from './metrics';
export type { MetricsRegistry } from './registry';
