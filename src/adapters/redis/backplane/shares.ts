import { join } from 'node:path';
import { RealtimeError } from '../../../protocol/errors';
import type { RedisConnections } from '../redis-connections';
import { Script } from '../script';

const CHARGE = new Script(1, join(__dirname, 'charge.lua'));
/** Users this node remembers to hold more than they may; one that is forgotten is remembered with its next publication. */
const MAX_OVER = 10_000;

/**
 * What each user's publications take in the streams of all rooms, over all nodes. A user's account and a room lie on
 * different nodes of a cluster, so that no script could check the one and append to the other: a publication is charged
 * right after it was appended. What is on its way at that moment may exceed the limit.
 */
export class Shares {
  /** Until when a user holds more than it may, milliseconds since 1970. */
  readonly #over = new Map<string, number>();

  constructor(private readonly redis: RedisConnections) {
    redis.define(CHARGE);
  }

  /** @throws RealtimeError `rate_limited` while this user holds more than it may */
  check(user: string): void {
    const retryAfterMs = (this.#over.get(user) ?? 0) - Date.now();
    if (retryAfterMs <= 0) return;
    const message = 'What you published takes up all the history you may have. Try again later.';
    throw new RealtimeError('rate_limited', message, { retryAfterMs });
  }

  /** Where this fails it is not charged: Redis is away, and refuses publications, too. */
  async charge(user: string, bytes: number, maxBytes: number, maxAgeMs: number): Promise<void> {
    const overMs = await this.redis.run<number>(CHARGE, this.redis.key(user, ':share'), bytes, maxBytes, maxAgeMs);
    this.#over.delete(user);
    if (overMs > 0) this.#remember(user, Date.now() + overMs);
  }

  #remember(user: string, until: number): void {
    if (this.#over.size === MAX_OVER) this.#over.delete(this.#over.keys().next().value!);
    this.#over.set(user, until);
  }
}
