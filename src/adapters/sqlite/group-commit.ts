import type { Kysely, Transaction } from 'kysely';
import { AsyncResource } from 'node:async_hooks';
import { inOwnContext } from '../../async/own-context';
import type { Database } from '../../storage/database';
import { outage } from '../../storage/outage';
import type { Work } from '../../storage/storage';
import type { SqliteHandle } from './sqlite.handle';

/** Works that wait; more are refused as `unavailable`. */
const MAX_WAITING = 10_000;
/** One transaction ends at so many works, or after so long: SQLite runs on the event loop, which has others to serve. */
const MAX_WORKS = 200;
const MAX_MS = 4;
/** Between two attempts to begin while another process writes. */
const RETRY_MS = 10;

interface Waiting {
  readonly since: number;
  readonly run: (trx: Transaction<Database>) => Promise<Outcome>;
  readonly reject: (error: unknown) => void;
}

/** Tells whoever waits what came of the work: when its transaction is committed, and not before. */
type Outcome = () => void;

/**
 * Many works in one transaction: committing costs more than all their statements. A work that fails is undone alone,
 * by a savepoint, so that each runs once; a transaction that fails rejects all of its works.
 */
export class GroupCommit {
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(
    private readonly db: Kysely<Database>,
    private readonly handle: SqliteHandle,
    private readonly timeoutMs: number,
  ) {}

  /** @throws RealtimeError `unavailable`, and what the work throws */
  add<T>(work: Work<T>): Promise<T> {
    if (this.#waiting.length >= MAX_WAITING) throw outage(`${MAX_WAITING} writes wait already`);
    return new Promise((resolve, reject) => {
      // The transaction is nobody's, each work its caller's.
      const run = AsyncResource.bind((trx: Transaction<Database>) => this.#try(work, trx, resolve, reject));
      this.#waiting.push({ since: performance.now(), run, reject });
      this.#running ??= inOwnContext(() => this.#run());
    });
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Whatever arrives in the turn in which the first work did shares its transaction. */
  async #run(): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve));
      await this.#commit();
    } while (this.#waiting.length);
    this.#running = undefined;
  }

  async #commit(): Promise<void> {
    const taken: Waiting[] = [];
    let outcomes: Outcome[];
    try {
      outcomes = await this.db.transaction().execute((trx) => this.#runSome(trx, taken));
    } catch (error) {
      for (const { reject } of taken) reject(error);
      // It did not even begin: another process has the lock, and gives it back soon.
      if (!taken.length) await this.#giveUpLate(error);
      return;
    } finally {
      this.#waiting = this.#waiting.slice(taken.length);
    }
    for (const tell of outcomes) tell();
  }

  async #runSome(trx: Transaction<Database>, taken: Waiting[]): Promise<Outcome[]> {
    const end = performance.now() + MAX_MS;
    const outcomes: Outcome[] = [];
    do {
      const next = this.#waiting[taken.length];
      taken.push(next);
      outcomes.push(await next.run(trx));
    } while (taken.length < this.#waiting.length && taken.length < MAX_WORKS && performance.now() < end);
    return outcomes;
  }

  async #try<T>(
    work: Work<T>,
    trx: Transaction<Database>,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): Promise<Outcome> {
    this.handle.exec('savepoint work');
    try {
      const value = await work(trx);
      this.handle.exec('release work');
      return () => resolve(value);
    } catch (error) {
      // Some failures end the whole transaction.
      if (!this.handle.inTransaction) throw error;
      this.handle.exec('rollback to work');
      this.handle.exec('release work');
      return () => reject(error);
    }
  }

  async #giveUpLate(error: unknown): Promise<void> {
    const late = performance.now() - this.timeoutMs;
    const on = this.#waiting.findIndex(({ since }) => since > late);
    const given = this.#waiting.splice(0, on < 0 ? this.#waiting.length : on);
    for (const { reject } of given) reject(error);
    if (this.#waiting.length) await new Promise((resolve) => setTimeout(resolve, Math.random() * RETRY_MS));
  }
}
