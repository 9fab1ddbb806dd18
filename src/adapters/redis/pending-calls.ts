import { inOwnContext } from '../../async/own-context';

interface Call {
  /** The tick it was made at. */
  readonly at: number;
  readonly giveUp: (error: Error) => void;
}

export interface CallLimits {
  readonly timeoutMs: number;
  readonly maxCalls: number;
  readonly maxCallBytes: number;
}

/** A call is late after this many ticks: a process that was busy itself has seen one, and reads its answers first. */
const TICKS = 4;

/** What is under way to Redis, the oldest first: so many calls, so many bytes, for so long. */
export class PendingCalls {
  readonly #waiting = new Set<Call>();
  readonly #timer: NodeJS.Timeout;
  /** Those that were given up count until they are settled: they may lie in this process' buffers. */
  #count = 0;
  #bytes = 0;
  #tick = 0;

  constructor(private readonly limits: CallLimits) {
    this.#timer = setInterval(() => this.#giveUpLate(), limits.timeoutMs / TICKS).unref();
  }

  /** @throws Error when there are too many, or no answer comes in time: then it may be done or not */
  make<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#checkLimits(bytes);
      const call = { at: this.#tick, giveUp: reject };
      this.#waiting.add(call);
      this.#count++;
      this.#bytes += bytes;
      // Many users' calls leave in one pipeline, and a connection that one of them needed serves all.
      void inOwnContext(work)
        .then(resolve, reject)
        .then(() => {
          this.#waiting.delete(call);
          this.#count--;
          this.#bytes -= bytes;
        });
    });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #checkLimits(bytes: number): void {
    const { maxCalls, maxCallBytes } = this.limits;
    if (this.#count < maxCalls && this.#bytes + bytes <= maxCallBytes) return;
    throw new Error(`${this.#count} calls of ${this.#bytes} bytes are pending already`);
  }

  #giveUpLate(): void {
    this.#tick++;
    for (const call of this.#waiting) {
      if (this.#tick - call.at <= TICKS) return;
      this.#waiting.delete(call);
      call.giveUp(new Error(`no answer in ${this.limits.timeoutMs} ms`));
    }
  }
}
