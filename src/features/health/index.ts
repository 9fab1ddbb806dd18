export { HealthModule } from './health.module';
export type { HealthOptions } from './health.options';
export { Health } from './health';
export type { Checks, Readiness } from './health';
export { RealtimeHealthIndicator } from './realtime-health.indicator';
export type { RealtimeHealthResult } from './realtime-health.indicator';
