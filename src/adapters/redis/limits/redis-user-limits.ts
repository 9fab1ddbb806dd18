import { join } from 'node:path';
import type { Bucket } from '../../../options/bucket';
import type { RedisConnections } from '../redis-connections';
import { Script } from '../script';
import { MemoryUserLimits } from '../../../gateway/limits/memory-user-limits';
import { UserLimits } from '../../../gateway/limits/user-limits';

const SPEND = new Script(1, join(__dirname, 'spend.lua'));

/** In Redis, over the connections to all nodes. While Redis does not answer each node counts by itself. */
export class RedisUserLimits extends UserLimits {
  readonly #own = new MemoryUserLimits();

  constructor(private readonly redis: RedisConnections) {
    super();
    redis.define(SPEND);
  }

  override spend(key: string, cost: number, bucket: Bucket): Promise<number> {
    return this.redis
      .run<number>(SPEND, this.redis.key(key, ':limit'), bucket.perSecond, bucket.burst, cost)
      .catch(() => this.#own.spend(key, cost, bucket));
  }
}
