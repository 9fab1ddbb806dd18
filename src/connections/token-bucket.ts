import type { Bucket } from '../options/bucket';

/** What may still be spent: refilled at a steady rate, up to a burst. */
export class TokenBucket {
  #tokens: number;
  #filledAt = Date.now();
  readonly #perSecond: number;
  readonly #burst: number;

  constructor({ perSecond, burst }: Bucket) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /**
   * Spends `cost`, or all of a full bucket where it costs more; false, and nothing spent, when there is not enough. A
   * cost below 0 gives back, up to a full bucket.
   */
  spend(cost: number, now: number): boolean {
    if (!this.affords(cost, now)) return false;
    this.#tokens = Math.min(this.#burst, this.#tokens - Math.min(cost, this.#burst));
    return true;
  }

  /** Whether `cost` can be spent. */
  affords(cost: number, now: number): boolean {
    this.#fill(now);
    return this.#tokens >= Math.min(cost, this.#burst);
  }

  /** Spends `cost` also where it is not there. Returns the milliseconds until that is paid back; 0: it was there. */
  owe(cost: number, now: number): number {
    this.#fill(now);
    this.#tokens -= cost;
    return this.#tokens < 0 ? this.waitFor(0) : 0;
  }

  /** Milliseconds until `cost` can be spent. */
  waitFor(cost: number): number {
    const missing = Math.min(cost, this.#burst) - this.#tokens;
    return Math.max(1, Math.ceil((missing / this.#perSecond) * 1000));
  }

  /** Whether it is as good as a new one. */
  isFull(now: number): boolean {
    this.#fill(now);
    return this.#tokens === this.#burst;
  }

  #fill(now: number): void {
    if (now > this.#filledAt) {
      this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
    }
    this.#filledAt = now;
  }
}
