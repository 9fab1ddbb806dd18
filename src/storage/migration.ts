import type { Kysely, Transaction } from 'kysely';
import type { Database } from './database';

export type DialectName = 'sqlite' | 'postgres';

/** One step forward of the tables. There is none back. */
export interface Migration {
  /** Unique, and for ever: by it a database knows what it has. */
  readonly name: string;
  /** Runs in the transaction of all that are missing. */
  up(db: Kysely<unknown>, dialect: DialectName): Promise<void>;
}

/**
 * Runs what is missing, in the order of the list, in the caller's transaction and under the caller's lock. Names the
 * list does not hold are of a newer version that runs beside this one, and are left alone. kysely's own Migrator is not
 * used: on SQLite it takes no lock that another process sees.
 */
export async function runMigrations(
  trx: Transaction<Database>,
  migrations: readonly Migration[],
  dialect: DialectName,
): Promise<readonly string[]> {
  await trx.schema
    .createTable('realtime_migrations')
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('applied_at', 'bigint', (column) => column.notNull())
    .execute();
  const rows = await trx.selectFrom('realtime_migrations').select('name').execute();
  const applied = new Set(rows.map(({ name }) => name));
  const missing = migrations.filter(({ name }) => !applied.has(name));
  for (const migration of missing) {
    await migration.up(trx as unknown as Kysely<unknown>, dialect);
    await trx.insertInto('realtime_migrations').values({ name: migration.name, applied_at: Date.now() }).execute();
  }
  return missing.map(({ name }) => name);
}
