/** What may still be spent: refilled at a steady rate, up to a burst. */
export class TokenBucket {
  #tokens: number;
  #filledAt = Date.now();

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.#tokens = burst;
  }

  /** Spends `cost`, or all of a full bucket where it costs more; false, and nothing spent, when there is not enough. */
  spend(cost: number, now: number): boolean {
    this.#fill(now);
    const price = Math.min(cost, this.burst);
    if (this.#tokens < price) return false;
    this.#tokens -= price;
    return true;
  }

  /** Milliseconds until `cost` can be spent. */
  waitFor(cost: number): number {
    const missing = Math.min(cost, this.burst) - this.#tokens;
    return Math.max(1, Math.ceil((missing / this.perSecond) * 1000));
  }

  #fill(now: number): void {
    if (now > this.#filledAt) {
      this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#filledAt) / 1000) * this.perSecond);
    }
    this.#filledAt = now;
  }
}
