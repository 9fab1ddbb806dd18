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

  /** Up as long as this process answers: what is down behind it heals by itself, and no restart would help. */
  isLive<const Key extends string = 'realtime'>(key = 'realtime' as Key): RealtimeHealthResult<Key> {
    return { [key]: { status: 'up' } } as RealtimeHealthResult<Key>;
  }

  /** Down while it drains, the backplane is degraded, or the database does not answer. */
  async isReady<const Key extends string = 'realtime'>(key = 'realtime' as Key): Promise<RealtimeHealthResult<Key>> {
    const { ready, checks } = await this.health.readiness();
    return { [key]: { status: ready ? 'up' : 'down', ...checks } } as RealtimeHealthResult<Key>;
  }
}
