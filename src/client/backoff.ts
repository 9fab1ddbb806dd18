export interface BackoffOptions {
  /** The longest first wait, milliseconds. @default 500 */
  readonly baseMs: number;
  /** The longest wait, milliseconds. @default 20_000 */
  readonly maxMs: number;
}

/** Waits between attempts, with full jitter: many clients that lost the same server do not come back together. */
export class Backoff {
  #attempt = 0;

  constructor(private readonly options: BackoffOptions) {}

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const { baseMs, maxMs } = this.options;
    return Math.random() * Math.min(maxMs, baseMs * 2 ** this.#attempt++);
  }

  reset(): void {
    this.#attempt = 0;
  }
}
