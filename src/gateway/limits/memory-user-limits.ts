import { BoundedCache } from '../../async/bounded-cache';
import { Clock } from '../../async/clock';
import { TokenBucket } from '../../connections/token-bucket';
import type { Bucket } from '../../options/bucket';
import { UserLimits } from './user-limits';

/** Buckets of each kind that are remembered; one left alone this long would be full again anyway. */
const MAX_BUCKETS = 50_000;
/** A bucket that takes longer to fill is a slow one, seconds. */
const SLOW_SECONDS = 10;

/** In this process, over its own connections. */
export class MemoryUserLimits extends UserLimits {
  readonly #quick = new BoundedCache<TokenBucket>({ entries: MAX_BUCKETS });
  /** Those of passwords and slow channels: kept apart, or the frames of many users would have them forgotten. */
  readonly #slow = new BoundedCache<TokenBucket>({ entries: MAX_BUCKETS });

  constructor(private readonly clock = new Clock()) {
    super();
  }

  override spend(key: string, cost: number, limits: Bucket): number {
    const buckets = limits.burst / limits.perSecond > SLOW_SECONDS ? this.#slow : this.#quick;
    let bucket = buckets.get(key);
    if (!bucket) buckets.set(key, (bucket = new TokenBucket(limits)));
    return bucket.spend(cost, this.clock.now()) ? 0 : bucket.waitFor(cost);
  }
}
