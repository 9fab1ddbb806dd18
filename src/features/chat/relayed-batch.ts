import { RealtimeError } from '../../protocol/errors';
import type { OutboxEntry } from './chat-outbox.repository';

/** An entry that could not be published, and why. */
export interface Failure {
  readonly entry: OutboxEntry;
  readonly cause: unknown;
}

/**
 * Publishes the entries of one claim: those of one room one after the other, the rooms side by side. Where one fails, or
 * the time is over, what is behind it in its room is left; the other rooms go on.
 */
export class RelayedBatch {
  readonly failures: Failure[] = [];
  /** What is not published, the failures included. */
  readonly left: OutboxEntry[] = [];
  /** Rejects when the batch is ended: a backplane that never answers does not stop the rest. */
  readonly #over: Promise<never>;
  #reject!: (reason: RealtimeError) => void;
  #ended = false;

  constructor(
    private readonly entries: readonly OutboxEntry[],
    private readonly publish: (entry: OutboxEntry) => Promise<unknown>,
  ) {
    this.#over = new Promise((_, reject) => (this.#reject = reject));
    this.#over.catch(() => undefined);
  }

  get published(): number {
    return this.entries.length - this.left.length;
  }

  /** Leaves what is not published now. */
  end(): void {
    this.#ended = true;
    this.#reject(tooLate());
  }

  /** Publishes the entries, and ends the batch after `timeoutMs`. */
  async run(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => this.end(), timeoutMs);
    await Promise.all(Array.from(this.#byRoom().values(), (room) => this.#publishRoom(room)));
    clearTimeout(timer);
  }

  #byRoom(): Map<string, OutboxEntry[]> {
    const rooms = new Map<string, OutboxEntry[]>();
    for (const entry of this.entries) {
      const others = rooms.get(entry.room);
      if (others) others.push(entry);
      else rooms.set(entry.room, [entry]);
    }
    return rooms;
  }

  async #publishRoom(entries: readonly OutboxEntry[]): Promise<void> {
    for (const [place, entry] of entries.entries()) {
      if (!this.#ended && (await this.#tryToPublish(entry))) continue;
      return void this.left.push(...entries.slice(place));
    }
  }

  async #tryToPublish(entry: OutboxEntry): Promise<boolean> {
    try {
      await Promise.race([this.publish(entry), this.#over]);
      return true;
    } catch (cause) {
      this.failures.push({ entry, cause });
      return false;
    }
  }
}

/** It may be published later all the same: once, by its id. */
function tooLate(): RealtimeError {
  return new RealtimeError('unavailable', 'The backplane did not answer in time.');
}
