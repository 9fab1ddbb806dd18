import { Global, Module } from '@nestjs/common';
import { feature } from '../../module/feature';
import { Health } from './health';
import { checkHealth, HealthOptions } from './health.options';
import { HealthRoutes } from './health.routes';
import { RealtimeHealthIndicator } from './realtime-health.indicator';
import { StorageWatch } from './storage-watch';

const { FeatureModule, providers } = feature({
  name: 'Health',
  group: 'health',
  Class: HealthOptions,
  check: checkHealth,
});

/** Health checks: for probes over HTTP, and for the application's own checks with `@nestjs/terminus`. */
@Global()
@Module({
  providers: [...providers, Health, HealthRoutes, RealtimeHealthIndicator, StorageWatch],
  exports: [Health, RealtimeHealthIndicator],
})
export class HealthModule extends FeatureModule {}
