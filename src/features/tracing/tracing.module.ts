import { Global, Module } from '@nestjs/common';
import { feature } from '../../module/feature';
import { Tracing } from '../../publishing/tracing';
import { FanOutSpans } from './fan-out-spans';
import { OpenTelemetryTracing } from './open-telemetry-tracing';
import { TracingOptions } from './tracing.options';

const { FeatureModule, providers } = feature({
  name: 'Tracing',
  group: 'tracing',
  Class: TracingOptions,
  extras: {
    /** Whether the process only emits: there is no fan-out to trace. @default false */
    emitOnly: false,
  },
  complete: (definition, { emitOnly }) => ({
    ...definition,
    providers: [...(definition.providers ?? []), ...(emitOnly ? [] : [FanOutSpans])],
  }),
});

/**
 * Distributed tracing with OpenTelemetry: a publication carries the trace in which it was published. Beside
 * `RealtimeEmitterModule` it takes `emitOnly: true`.
 */
@Global()
@Module({
  providers: [...providers, { provide: Tracing, useClass: OpenTelemetryTracing }],
  exports: [Tracing],
})
export class TracingModule extends FeatureModule {}
