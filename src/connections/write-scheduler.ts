import { Subject } from 'rxjs';
import { inOwnContext } from '../async/own-context';
import type { Batch } from './batch';
import type { Frame } from './frame';

/** Something that has publications for many outboxes, and hands them over once, at the end of the turn. */
export interface Source {
  /** How many outboxes it is for. */
  readonly size: number;
  /** Returns what it handed over. */
  distribute(): readonly Batch[];
}

/** Something that writes once, at the end of the turn. */
interface Writer {
  flush(): void;
}

/**
 * How long publications, and what is due beside them, wait for more, as long as each turn of the event loop brings some:
 * for each socket they are for about twice what a write takes (5 to 9 µs, `npm run bench -- fan-out-1000-1`), since a
 * write is what waiting saves.
 */
const LINGER_PER_WRITE_MS = 0.016;
/** However few it is for: a fast publisher in a small room is not written with every turn. */
const MIN_LINGER_MS = 1;
/** A frame of a screen: nobody sees what is sooner. */
const MAX_LINGER_MS = 16;

/**
 * One turn of the event loop, or some when it is busy. Whatever becomes due to a socket within it leaves in one write at
 * its end: rooms first hand their batches to the outboxes, then each outbox writes once.
 */
export class WriteScheduler {
  #sources: Source[] = [];
  #outboxes: Writer[] = [];
  #scheduled = false;
  #seq = 0;
  /** Up to where frames were in line when its end was last put off. */
  #seqSeen = 0;
  #lingersSince = 0;
  /** How many outboxes the sources are for; one counts for each of them. */
  #audience = 0;
  readonly #shared = new Subject<readonly Batch[]>();

  /** What many outboxes shared, as it is on its way: written, or in line behind what a slow reader has not taken. */
  readonly shared = this.#shared.asObservable();
  /** Outboxes that are open: no turn has more to write. */
  openOutboxes = 0;

  /** Puts a frame in line: frames reach a socket in the order they were stamped. */
  sequence<Out extends Frame>(frame: Out): Out {
    frame.seq = ++this.#seq;
    return frame;
  }

  schedule(source: Source): void {
    this.#sources.push(source);
    this.#audience += source.size;
    this.#schedule();
  }

  addOutbox(outbox: Writer): void {
    this.#outboxes.push(outbox);
    this.#schedule();
  }

  /** Ends the turn now: everything stamped so far is on its way before anything that follows. */
  readonly flush = (): void => inOwnContext(this.#flush);

  readonly #flush = (): void => {
    this.#lingersSince = this.#audience = 0;
    const sources = this.#sources;
    this.#sources = [];
    const batches = sources.flatMap((source) => source.distribute());
    const outboxes = this.#outboxes;
    this.#outboxes = [];
    for (const outbox of outboxes) outbox.flush();
    if (batches.length && this.#shared.observed) this.#shared.next(batches);
  };

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    inOwnContext(this.#wait);
  }

  readonly #wait = (): void => void setImmediate(this.#end);

  readonly #end = (): void => {
    if (this.#lingers()) {
      this.#seqSeen = this.#seq;
      return this.#wait();
    }
    this.#scheduled = false;
    this.#flush();
  };

  /**
   * Under load each turn brings more for the same members, and what waits for it saves them a write. When nothing new
   * comes, nothing waits.
   */
  #lingers(): boolean {
    if (!this.#sources.length || this.#seq === this.#seqSeen) return false;
    const at = performance.now();
    this.#lingersSince ||= at;
    const writes = Math.min(this.#audience, this.openOutboxes);
    const limit = Math.min(MAX_LINGER_MS, Math.max(MIN_LINGER_MS, writes * LINGER_PER_WRITE_MS));
    return at - this.#lingersSince < limit;
  }
}
