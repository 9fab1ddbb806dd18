export { TracingModule } from './tracing.module';
export type { TracingOptions } from './tracing.options';
export { OpenTelemetryTracing } from './open-telemetry-tracing';
