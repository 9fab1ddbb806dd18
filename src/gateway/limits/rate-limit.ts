import { Injectable } from '@nestjs/common';
import { Clock } from '../../async/clock';
import type { Connection } from '../../connections/connection';
import { TokenBucket } from '../../connections/token-bucket';
import { RealtimeCounters } from '../../connections/realtime-counters';
import { Disconnect } from '../../protocol/close-codes';
import { RealtimeError } from '../../protocol/errors';
import { RateLimitOptions } from './rate-limit.options';
import { mapMaybePromise } from '../../async/maybe-promise';
import { UserLimits } from './user-limits';

/** What each connection, and each user where configured, may send. */
@Injectable()
export class RateLimit {
  constructor(
    private readonly options: RateLimitOptions,
    private readonly traffic: RealtimeCounters,
    private readonly users: UserLimits,
    private readonly clock: Clock,
  ) {}

  /**
   * Charges a command to its connection, and to its user.
   * @throws RealtimeError `rate_limited` when it is too much
   * @throws Disconnect `flooding` when that was said too often
   */
  charge(connection: Connection, type: string): void | Promise<void> {
    return this.#charge(connection, type, false);
  }

  /**
   * Charges what was asked for before the client could hear that it is too much: no refusal closes the connection.
   * @throws RealtimeError `rate_limited`
   */
  chargeAtConnect(connection: Connection, type: string): void | Promise<void> {
    return this.#charge(connection, type, true);
  }

  /** Charges what is no command. @throws as `charge` */
  chargeConnection(connection: Connection, cost = 1, forgiven = false): void {
    const own = (connection.frameBudget ??= this.#bucket(this.options.burst));
    if (!own.spend(cost, this.clock.now())) this.#refuse(connection, own.waitFor(cost), forgiven);
  }

  #charge(connection: Connection, type: string, forgiven: boolean): void | Promise<void> {
    const cost = this.#costOf(type);
    this.chargeConnection(connection, cost, forgiven);
    const { perUser } = this.options;
    if (!perUser || connection.userId === undefined) return;
    return mapMaybePromise(this.users.spend(connection.userId, cost, perUser), (waitMs) => {
      if (waitMs > 0) this.#refuse(connection, waitMs, forgiven);
    });
  }

  /** `forgiven`: the refusal is not counted. */
  #refuse(connection: Connection, retryAfterMs: number, forgiven: boolean): never {
    this.traffic.rateLimited++;
    if (!forgiven) this.#countRefusal(connection);
    throw new RealtimeError('rate_limited', undefined, { retryAfterMs });
  }

  #countRefusal(connection: Connection): void {
    const refusals = (connection.refusalBudget ??= this.#bucket(this.options.disconnectAfterRefusals));
    if (refusals.spend(1, this.clock.now())) return;
    throw new Disconnect('flooding', 'kept sending while rate-limited');
  }

  #costOf(type: string): number {
    const { cost } = this.options;
    return Object.hasOwn(cost, type) ? cost[type] : 1;
  }

  #bucket(burst: number): TokenBucket {
    return new TokenBucket({ perSecond: this.options.perSecond, burst });
  }
}
