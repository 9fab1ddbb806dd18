import { Injectable } from '@nestjs/common';
import { Checks, Health } from './health';

/** What `@nestjs/terminus` takes from an indicator. */
export type RealtimeHealthResult<Key extends string> = Record<Key, { status: 'up' | 'down' } & Partial<Checks>>;

/**
 * For the application's own health checks with `@nestjs/terminus` 11 or 12.
 *
 * ```ts
 * @Get() @HealthCheck()
 * check() { return this.health.check([() => this.realtime.isReady('realtime')]); }
 * ```
 */
@Injectable()
export class RealtimeHealthIndicator {
  constructor(private readonly health: Health) {}

  /** Down while it drains, the backplane is degraded, or the database does not answer. */
  async isReady<const Key extends string = 'realtime'>(key = 'realtime' as Key): Promise<RealtimeHealthResult<Key>> {
    const { ready, checks } = await this.health.readiness();
    return { [key]: { status: ready ? 'up' : 'down', ...checks } } as RealtimeHealthResult<Key>;
  }
}
