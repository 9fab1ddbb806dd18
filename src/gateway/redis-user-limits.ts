import { join } from 'node:path';
import type { Bucket } from '../realtime.options';
import type { RedisConnections } from '../redis/redis-connections';
import { Script } from '../redis/script';
import { MemoryUserLimits } from './memory-user-limits';
import { UserLimits } from './user-limits';

const SPEND = new Script(1, join(__dirname, 'spend.lua'));

/** In Redis, over the connections to all nodes. While Redis does not answer each node counts by itself. */
export class RedisUserLimits extends UserLimits {
  readonly #own = new MemoryUserLimits();

  constructor(private readonly redis: RedisConnections) {
    super();
    redis.define(SPEND);
  }

  override spend(userId: string, cost: number, bucket: Bucket): Promise<number> {
    const key = this.redis.key(userId, ':limit');
    return this.redis
      .run<number>(SPEND, key, bucket.perSecond, bucket.burst, cost)
      .catch(() => this.#own.spend(userId, cost, bucket));
  }
}
