import type { Kysely, Transaction } from 'kysely';
import type { Database } from './database';

/** What one transaction does. It awaits nothing but its own SQL: others wait for it. */
export type Work<T> = (trx: Transaction<Database>) => Promise<T>;

/**
 * The database, and the token it is injected by.
 *
 * Guarantees: what a `write` did is committed when it resolves, and all of it is undone when it rejects; reads see every
 * `write` that resolved before. A database that is down, locked, full, or slower than its bounded time rejects with the
 * `RealtimeError` `unavailable`; of a `write` that was just being committed nobody knows then whether it was. Nothing
 * has to be restarted when it is back.
 */
export abstract class Storage {
  /** For reading, outside of `write`. */
  abstract readonly db: Kysely<Database>;
  /** Where things are kept, for people. Holds no password. */
  abstract readonly place: string;
  /** Whether all nodes that use the same Redis keep their things here. */
  readonly shared: boolean = true;
  /** Does this work in one transaction. @throws RealtimeError `unavailable`, and what the work throws */
  abstract write<T>(work: Work<T>): Promise<T>;
  /** Reads a row, to see whether the database answers. @throws RealtimeError `unavailable` */
  async ping(): Promise<void> {
    await this.db.selectFrom('realtime_migrations').select('name').limit(1).execute();
  }
  /**
   * Brings the tables up to date, under a lock: others who call it, on any node, wait. Called at boot; to do it apart,
   * call it before. Returns the names of the migrations it ran.
   */
  abstract migrate(): Promise<readonly string[]>;
  /** Resolves when the writes made before are done. Called once, at shutdown; a pool of the host's stays open. */
  abstract close(): Promise<void>;
}
