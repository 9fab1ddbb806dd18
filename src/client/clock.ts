/** Time, as a client reads it and waits for it; another one can be handed in, for instance to test with. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  /** Runs once after this many milliseconds, unless what it returns is called before. */
  after(ms: number, run: () => void): () => void;
}

/** What a timer can hold. */
const MAX_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, Math.min(ms, MAX_MS));
    return () => clearTimeout(timer);
  },
};

/** One thing to do later: setting it again takes the place of what was set before. */
export class Timer {
  #cancel: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  get pending(): boolean {
    return this.#cancel !== undefined;
  }

  set(ms: number, run: () => void): void {
    this.clear();
    this.#cancel = this.clock.after(ms, () => {
      this.#cancel = undefined;
      run();
    });
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
