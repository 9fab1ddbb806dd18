import { Logger } from '@nestjs/common';
import type { LogEntry } from './log-entry';
import { inOwnContext } from '../async/own-context';

const QUIET_MS = 1_000;
const MAX_KINDS = 100;

/**
 * Writes down what failed on our side. Many clients may meet the same failure, each again and again, as while the
 * database is down: of each kind there is one line a second, and how many more there were.
 */
export class ThrottledLogger {
  readonly #logger = new Logger('RealtimeModule');
  /** How many more there were of each kind since it was written down. */
  readonly #more = new Map<string, number>();

  /** `kind`: what failures have in common that are the same. */
  error(kind: string, line: string | LogEntry, stack?: string): void {
    if (this.#isNews(kind, 'error')) this.#logger.error(line, stack);
  }

  /** What did less than was asked, and went on. */
  warn(kind: string, line: string | LogEntry): void {
    if (this.#isNews(kind, 'warn')) this.#logger.warn(line);
  }

  #isNews(kind: string, level: 'error' | 'warn'): boolean {
    const known = this.#more.size < MAX_KINDS || this.#more.has(kind) ? kind : 'Other failures';
    const more = this.#more.get(known);
    this.#more.set(known, more === undefined ? 0 : more + 1);
    if (more === undefined) inOwnContext(() => setTimeout(() => this.#sum(known, level), QUIET_MS).unref());
    return more === undefined;
  }

  #sum(kind: string, level: 'error' | 'warn'): void {
    const more = this.#more.get(kind);
    this.#more.delete(kind);
    if (more) this.#logger[level](`${kind}: ${more} more within a second`);
  }
}
