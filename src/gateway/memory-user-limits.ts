import { BoundedCache } from '../bounded-cache';
import { Clock } from '../clock';
import { TokenBucket } from '../connections/token-bucket';
import type { Bucket } from '../realtime.options';
import { UserLimits } from './user-limits';

/** Users whose own bucket is remembered; a bucket left alone this long would be full again anyway. */
const MAX_USERS = 50_000;

/** In this process, over its own connections. */
export class MemoryUserLimits extends UserLimits {
  readonly #users = new BoundedCache<TokenBucket>({ entries: MAX_USERS });

  constructor(private readonly clock = new Clock()) {
    super();
  }

  override spend(userId: string, cost: number, { perSecond, burst }: Bucket): number {
    let bucket = this.#users.get(userId);
    if (!bucket) this.#users.set(userId, (bucket = new TokenBucket(perSecond, burst)));
    return bucket.spend(cost, this.clock.now()) ? 0 : bucket.waitFor(cost);
  }
}
