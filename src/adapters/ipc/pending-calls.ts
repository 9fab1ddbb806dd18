import { RealtimeError } from '../../protocol/errors';
import type { ClusterBackplaneOptions } from './cluster.options';
import type { Answer } from './messages';

interface Waiting {
  readonly bytes: number;
  /** The tick it was made at. */
  readonly at: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** A call is late after this many ticks: a process that was busy itself has seen one, and reads its answers first. */
const TICKS = 4;

/** The calls of a worker that wait for the primary's answer, oldest first. */
export class PendingCalls {
  readonly #waiting = new Map<number, Waiting>();
  /** Bytes of calls that were given up: they count, as long as they may lie unsent in this process. */
  readonly #late = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;
  #ids = 0;
  #bytes = 0;
  #tick = 0;

  constructor(private readonly options: Readonly<Required<ClusterBackplaneOptions>>) {
    this.#timer = setInterval(() => this.#rejectLate(), options.timeoutMs / TICKS).unref();
  }

  /** @throws RealtimeError `unavailable` when another call of this size would be too much */
  checkLimits(bytes: number): void {
    const { maxCalls, maxCallBytes } = this.options;
    const calls = this.#waiting.size + this.#late.size;
    if (calls < maxCalls && this.#bytes + bytes <= maxCallBytes) return;
    const cause = `${calls} calls of ${this.#bytes} bytes wait for the primary's answer already`;
    throw new RealtimeError('unavailable', undefined, { cause: new Error(cause) });
  }

  add(bytes: number, resolve: Waiting['resolve'], reject: Waiting['reject']): number {
    this.#waiting.set(++this.#ids, { bytes, at: this.#tick, resolve, reject });
    this.#bytes += bytes;
    return this.#ids;
  }

  /** Takes an answered call out; none when it was given up. */
  take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#bytes -= waiting?.bytes ?? this.#late.get(id) ?? 0;
    this.#waiting.delete(id);
    this.#late.delete(id);
    return waiting;
  }

  /** Rejects what waits: none of it will be answered. */
  end(why: string): void {
    clearInterval(this.#timer);
    for (const [id, waiting] of this.#waiting) this.#giveUp(id, waiting, why);
  }

  #rejectLate(): void {
    this.#tick++;
    for (const [id, waiting] of this.#waiting) {
      if (this.#tick - waiting.at <= TICKS) return;
      const why = `no answer in ${this.options.timeoutMs} ms: does the primary call serveClusterBackplane()?`;
      this.#giveUp(id, waiting, why);
    }
  }

  #giveUp(id: number, { bytes, reject }: Waiting, why: string): void {
    this.#waiting.delete(id);
    this.#late.set(id, bytes);
    const message = 'The backplane did not answer, so the outcome is unknown. Try again later.';
    reject(new RealtimeError('unavailable', message, { cause: new Error(why) }));
  }
}
