import { Logger } from '@nestjs/common';
import type { LogEntry } from '../connections/log-entry';

const QUIET_MS = 1_000;
const MAX_KINDS = 100;

/**
 * Writes down what failed on our side. Many clients may meet the same failure, each again and again, as while the
 * database is down: of each kind there is one line a second, and how many more there were.
 */
export class FailureLog {
  readonly #logger = new Logger('RealtimeModule');
  /** How many more there were of each kind since it was written down. */
  readonly #more = new Map<string, number>();

  /** `kind`: what failures have in common that are the same. */
  error(kind: string, line: string | LogEntry, stack?: string): void {
    const known = this.#more.size < MAX_KINDS || this.#more.has(kind) ? kind : 'Other failures';
    const more = this.#more.get(known);
    if (more !== undefined) return void this.#more.set(known, more + 1);
    this.#more.set(known, 0);
    setTimeout(() => this.#sum(known), QUIET_MS).unref();
    this.#logger.error(line, stack);
  }

  #sum(kind: string): void {
    const more = this.#more.get(kind);
    this.#more.delete(kind);
    if (more) this.#logger.error(`${kind}: ${more} more within a second`);
  }
}
