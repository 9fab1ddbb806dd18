import { Injectable } from '@nestjs/common';
import { Clock } from '../clock';
import type { Connection } from '../connections/connection';
import { TokenBucket } from '../connections/token-bucket';
import { Traffic } from '../connections/traffic';
import { Disconnect } from '../protocol/close-codes';
import { RealtimeError } from '../protocol/errors';
import { RealtimeOptions } from '../realtime.options';
import { chain } from './chain';
import { UserLimits } from './user-limits';

/** What each connection, and each user where configured, may send. */
@Injectable()
export class RateLimit {
  constructor(
    private readonly options: RealtimeOptions,
    private readonly traffic: Traffic,
    private readonly users: UserLimits,
    private readonly clock: Clock,
  ) {}

  /**
   * Charges a command to its connection, and to its user.
   * @throws RealtimeError `rate_limited` when it is too much
   * @throws Disconnect `flooding` when that was said too often
   */
  charge(connection: Connection, type: string): void | Promise<void> {
    const cost = this.#costOf(type);
    this.chargeConnection(connection, cost);
    const { perUser } = this.options.rateLimit;
    if (!perUser || connection.userId === undefined) return;
    return chain(this.users.spend(connection.userId, cost, perUser), (waitMs) => {
      if (waitMs > 0) this.#refuse(connection, waitMs, this.clock.now());
    });
  }

  /** Charges what is no command. @throws as `charge` */
  chargeConnection(connection: Connection, cost = 1): void {
    const time = this.clock.now();
    const own = (connection.frameBudget ??= this.#bucket(this.options.rateLimit.burst));
    if (!own.spend(cost, time)) this.#refuse(connection, own.waitFor(cost), time);
  }

  #refuse(connection: Connection, retryAfterMs: number, time: number): never {
    this.traffic.rateLimited++;
    const refusals = (connection.refusalBudget ??= this.#bucket(this.options.rateLimit.floodFrames));
    if (!refusals.spend(1, time)) throw new Disconnect('flooding', 'kept sending while rate-limited');
    throw new RealtimeError('rate_limited', undefined, { retryAfterMs });
  }

  #costOf(type: string): number {
    const { cost } = this.options.rateLimit;
    return Object.hasOwn(cost, type) ? cost[type] : 1;
  }

  #bucket(burst: number): TokenBucket {
    return new TokenBucket(this.options.rateLimit.perSecond, burst);
  }
}
