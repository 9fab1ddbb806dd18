import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { now } from '../connections/clock';
import type { Connection } from '../connections/connection';
import { TokenBucket } from '../connections/token-bucket';
import { Traffic } from '../connections/traffic';
import { Disconnect } from '../protocol/close-codes';
import { RealtimeError } from '../protocol/errors';
import { RealtimeOptions } from '../realtime.options';

/** Users whose own bucket is remembered; a bucket left alone this long would be full again anyway. */
const MAX_USERS = 50_000;

/** What each connection, and each user where configured, may send. */
@Injectable()
export class RateLimit {
  readonly #users = new LRUCache<string, TokenBucket>({ max: MAX_USERS });

  constructor(
    private readonly options: RealtimeOptions,
    private readonly traffic: Traffic,
  ) {}

  /**
   * Charges a frame to its sender.
   * @throws RealtimeError `rate_limited` when it is too much
   * @throws Disconnect `flooding` when that was said too often
   */
  charge(connection: Connection, type?: string): void {
    const time = now();
    const cost = this.#costOf(type);
    const own = (connection.frameBudget ??= this.#bucket(this.options.rateLimit.burst));
    const user = this.#bucketOf(connection.userId);
    if (!own.spend(cost, time)) this.#refuse(connection, own.waitFor(cost), time);
    if (user && !user.spend(cost, time)) this.#refuse(connection, user.waitFor(cost), time);
  }

  #refuse(connection: Connection, retryAfterMs: number, time: number): never {
    this.traffic.rateLimited++;
    const refusals = (connection.refusalBudget ??= this.#bucket(this.options.rateLimit.floodFrames));
    if (!refusals.spend(1, time)) throw new Disconnect('flooding', 'kept sending while rate-limited');
    throw new RealtimeError('rate_limited', undefined, { retryAfterMs });
  }

  #costOf(type: string | undefined): number {
    const { cost } = this.options.rateLimit;
    return type !== undefined && Object.hasOwn(cost, type) ? cost[type] : 1;
  }

  #bucket(burst: number): TokenBucket {
    return new TokenBucket(this.options.rateLimit.perSecond, burst);
  }

  #bucketOf(userId: string | undefined): TokenBucket | undefined {
    const { perUser } = this.options.rateLimit;
    if (!perUser || userId === undefined) return undefined;
    let bucket = this.#users.get(userId);
    if (!bucket) this.#users.set(userId, (bucket = new TokenBucket(perUser.perSecond, perUser.burst)));
    return bucket;
  }
}
