import type { Outgoing } from './frame';
import type { Outbox } from './outbox';

/** Something that has publications for many outboxes, and hands them over once, at the end of the turn. */
export interface Source {
  distribute(): void;
}

/**
 * One turn of the event loop. Whatever becomes due to a socket within it leaves in one write at its end: rooms first
 * hand their batches to the outboxes, then each outbox writes once.
 */
export class Turn {
  #sources: Source[] = [];
  #outboxes: Outbox[] = [];
  #scheduled = false;
  #seq = 0;

  /** Puts a frame in line: frames reach a socket in the order they were stamped. */
  stamp<Out extends Outgoing>(frame: Out): Out {
    frame.seq = ++this.#seq;
    return frame;
  }

  addSource(source: Source): void {
    this.#sources.push(source);
    this.#schedule();
  }

  addOutbox(outbox: Outbox): void {
    this.#outboxes.push(outbox);
    this.#schedule();
  }

  /** Ends the turn now: everything stamped so far is on its way before anything that follows. */
  readonly flush = (): void => {
    this.#scheduled = false;
    const sources = this.#sources;
    this.#sources = [];
    for (const source of sources) source.distribute();
    const outboxes = this.#outboxes;
    this.#outboxes = [];
    for (const outbox of outboxes) outbox.flush();
  };

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.flush);
  }
}
