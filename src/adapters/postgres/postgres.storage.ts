import { Logger } from '@nestjs/common';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Pool } from 'pg';
import { checkNumber, InvalidOption, show } from '../../options/invalid-option';
import { optionalPackage } from '../../options/packages';
import type { Database } from '../../storage/database';
import { runMigrations } from '../../storage/migration';
import { MIGRATIONS } from '../../storage/migrations';
import { outage } from '../../storage/outage';
import { Storage, Work } from '../../storage/storage';
import { checkIdentifier, ResolvedStorageOptions, resolveStorage, StorageOptions } from '../../storage/storage.options';
import { TablePrefix } from '../../storage/table-prefix';
import { GuardedPool, PoolLike, TypeParsers } from './guarded-pool';

export type PostgresStorageOptions = StorageOptions & {
  /** Holds the tables; made when it is not there. @default the first of the `search_path` */
  schema?: string;
} & (
    | {
        /** As in `postgres://user:password@host:5432/database`. */
        url: string;
        /** @default 10 */
        maxConnections?: number;
        pool?: undefined;
      }
    | {
        /** A `Pool` of the package `pg`: it stays its owner's, who listens to its errors and ends it. */
        pool: PoolLike;
        url?: undefined;
        maxConnections?: undefined;
      }
  );

/** Of all nodes on one database, one at a time brings the tables up to date. */
const MIGRATION_LOCK = 7_263_519_048;
const MIGRATION_PATIENCE_MS = 300_000;
/** PostgreSQL itself ends a statement; if it does not even answer, the connection is given up this much later. */
const GRACE_MS = 500;
const DEFAULT_CONNECTIONS = 10;
const INT8 = 20;

interface Open {
  readonly db: Kysely<Database>;
  /** With the patience that migrations need. */
  readonly patient: Kysely<Database>;
  end(): Promise<void>;
}

/** A PostgreSQL database, through the package `pg`, which the application installs. Connects at the first use. */
export class PostgresStorage extends Storage {
  readonly #logger = new Logger('RealtimeModule');
  readonly #options: ResolvedStorageOptions;
  readonly #given: PostgresStorageOptions;
  /** The writes under way. */
  readonly #writing = new Set<Promise<void>>();
  #open: Open | undefined;
  #closed = false;

  /** @throws InvalidOption */
  constructor(given: PostgresStorageOptions) {
    super();
    const { url, pool, schema, maxConnections = DEFAULT_CONNECTIONS, ...options } = given;
    checkAccess(url, pool);
    checkNumber('PostgresStorage.maxConnections', maxConnections, 1);
    if (schema !== undefined) checkIdentifier('PostgresStorage.schema', schema, "Try 'realtime'.");
    this.#options = resolveStorage('PostgresStorage', options, ['url', 'pool', 'schema', 'maxConnections']);
    this.#given = given;
  }

  override get place(): string {
    const { url, schema } = this.#given;
    return `PostgreSQL, ${url ? withoutPassword(url) : "the application's pool"}${schema ? `, schema ${schema}` : ''}`;
  }

  override get db(): Kysely<Database> {
    return this.#opened().db;
  }

  override async write<T>(work: Work<T>): Promise<T> {
    const written = this.#opened().db.transaction().execute(work);
    const settled = written.then(
      () => undefined,
      () => undefined,
    );
    this.#writing.add(settled);
    void settled.then(() => this.#writing.delete(settled));
    return written;
  }

  override async migrate(): Promise<readonly string[]> {
    const { schema } = this.#given;
    return this.#opened()
      .patient.transaction()
      .execute(async (trx) => {
        await sql`set local statement_timeout = 0`.execute(trx);
        await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(trx);
        if (schema) await trx.schema.createSchema(schema).ifNotExists().execute();
        return runMigrations(trx, [...MIGRATIONS, ...this.#options.migrations], 'postgres');
      });
  }

  override async close(): Promise<void> {
    this.#closed = true;
    const open = this.#open;
    this.#open = undefined;
    await Promise.all(this.#writing);
    await open?.end();
  }

  #opened(): Open {
    if (this.#closed) throw outage('the storage is closed');
    return (this.#open ??= this.#openPool());
  }

  #openPool(): Open {
    const { timeoutMs } = this.#options;
    const { Pool, types } = loadPg();
    const pool = this.#given.pool ?? this.#newPool(Pool);
    const kysely = (patienceMs: number): Kysely<Database> =>
      this.#kysely(new GuardedPool(pool, numbers(types), patienceMs));
    return {
      db: kysely(timeoutMs + GRACE_MS),
      patient: kysely(MIGRATION_PATIENCE_MS),
      end: async () => {
        if (!this.#given.pool) await pool.end();
      },
    };
  }

  #newPool(PoolClass: typeof Pool): PoolLike {
    const { timeoutMs } = this.#options;
    const pool = new PoolClass({
      connectionString: this.#given.url,
      max: this.#given.maxConnections ?? DEFAULT_CONNECTIONS,
      connectionTimeoutMillis: timeoutMs,
      statement_timeout: timeoutMs,
      application_name: 'nestjs-realtime',
      keepAlive: true,
    });
    // Of connections that nobody uses: the next one who needs one gets another.
    pool.on('error', ({ message }) => this.#logger.warn(`A connection to ${this.place} ended: ${message}`));
    return pool;
  }

  #kysely(pool: GuardedPool): Kysely<Database> {
    const { tablePrefix } = this.#options;
    const plugins = tablePrefix ? [new TablePrefix(tablePrefix)] : [];
    const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }), plugins });
    return this.#given.schema ? db.withSchema(this.#given.schema) : db;
  }
}

/** @throws InvalidOption */
function checkAccess(url: unknown, pool: unknown): void {
  if ((url === undefined) === (pool === undefined)) {
    const problem = `needs either url or pool, got ${url === undefined ? 'neither' : 'both'}`;
    throw new InvalidOption('PostgresStorage', problem, "Try { url: 'postgres://localhost/app' }.");
  }
  if (pool === undefined && (typeof url !== 'string' || !/^postgres(ql)?:/.test(url))) {
    // What it is may hold a password.
    const hint = "Try 'postgres://localhost/app'.";
    throw new InvalidOption('PostgresStorage.url', "must begin with 'postgres://'", hint);
  }
  if (pool !== undefined && typeof (pool as PoolLike | null)?.connect !== 'function') {
    throw new InvalidOption('PostgresStorage.pool', `must be a pg.Pool, got ${show(pool)}`, 'Try new Pool({ … }).');
  }
}

function loadPg(): typeof import('pg') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return optionalPackage('pg', 'PostgresStorage', () => require('pg'));
}

/** `pg` gives a bigint as text; ours are numbers. Set for our statements only: the host may want its own as they were. */
function numbers(types: TypeParsers): TypeParsers {
  return { getTypeParser: (oid, format) => (oid === INT8 ? Number : types.getTypeParser(oid, format)) };
}

function withoutPassword(url: string): string {
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: '', pathname: '' };
  return `${host}${pathname}`;
}
