const BASE_MS = 50;

/** A random wait before the n-th attempt (from 1), so that not all nodes come at once. Milliseconds. */
export function jitter(attempt: number, maxMs: number): number {
  return Math.random() * Math.min(maxMs, BASE_MS * 2 ** attempt);
}

/** The waits between the attempts at something that fails: longer each time, until it is woken or succeeds. */
export class Backoff {
  #attempts = 0;
  #wake: () => void = () => undefined;

  constructor(private readonly maxMs: number) {}

  wait(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, jitter(++this.#attempts, this.maxMs));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** It may work now: the wait is over, and the next one is short. */
  wake(): void {
    this.#attempts = 0;
    this.#wake();
  }
}
