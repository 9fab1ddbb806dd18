export interface PaceOptions {
  /** Frames a second. @default 10 */
  readonly perSecond: number;
  /** Frames at once. @default 16 */
  readonly burst: number;
}

/** A token bucket in front of the server's: frames wait here rather than being refused there. */
export class Pace {
  #tokens: number;
  #at = 0;

  constructor(private readonly options: PaceOptions) {
    this.#tokens = options.burst;
  }

  /** Takes a place now and returns 0, or says how many milliseconds to wait for one. */
  take(now: number): number {
    const { perSecond, burst } = this.options;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) * perSecond) / 1000);
    this.#at = now;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) * 1000) / perSecond);
    this.#tokens--;
    return 0;
  }

  /** The server said no: nothing more before this many milliseconds. */
  refused(retryAfterMs: number): void {
    this.#tokens = 1 - (retryAfterMs * this.options.perSecond) / 1000;
  }

  /** Another connection: the server counts anew. */
  reset(): void {
    this.#tokens = this.options.burst;
  }
}
