import { Global, Module } from '@nestjs/common';
import { feature } from '../../module/feature';
import { NodeFigures } from '../../reports/node-figures';
import { DisconnectCounters } from './disconnect-counters';
import { EventLoopDelay } from './event-loop-delay';
import { FanOut } from './fan-out';
import { MailboxDepth } from './mailbox-depth';
import { Measures } from './measures';
import { Metrics } from './metrics';
import { checkMetrics, MetricsOptions } from './metrics.options';
import { Prometheus } from './prometheus';
import { RequestRate } from './request-rate';

const { FeatureModule, providers } = feature({
  name: 'Metrics',
  group: 'metrics',
  Class: MetricsOptions,
  check: checkMetrics,
});

/** Metrics: the figures of this process, as an object and for Prometheus. */
@Global()
@Module({
  providers: [
    ...[
      ...providers,
      DisconnectCounters,
      EventLoopDelay,
      FanOut,
      MailboxDepth,
      Measures,
      Metrics,
      Prometheus,
      RequestRate,
    ],
    { provide: NodeFigures, useExisting: Metrics },
  ],
  exports: [Metrics, NodeFigures],
})
export class MetricsModule extends FeatureModule {}
