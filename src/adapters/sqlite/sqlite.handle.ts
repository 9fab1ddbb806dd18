import type Libsql from 'libsql';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { BoundedCache } from '../../async/bounded-cache';
import { outage } from '../../storage/outage';

/** Statements kept prepared: preparing one costs more than running it. */
const MAX_STATEMENTS = 256;

type Parameters = ReadonlyArray<unknown>;
type Prepared = Libsql.Statement<unknown[]>;

/** One connection to a SQLite file as kysely wants it: statements are prepared once, failures told as they are. */
export class SqliteHandle implements SqliteDatabase {
  readonly #database: Libsql.Database;
  readonly #prepared = new BoundedCache<SqliteStatement>({ entries: MAX_STATEMENTS });

  constructor(database: Libsql.Database) {
    this.#database = database;
  }

  /** False too when a failure ended the transaction by itself, as a full disk may. */
  get inTransaction(): boolean {
    return this.#database.open && this.#database.inTransaction;
  }

  exec(sql: string): void {
    attempt(() => this.#database.exec(sql));
  }

  /**
   * Ends the transaction on a thread of libsql's: a commit waits for the disk, and now and then moves the whole WAL into
   * the file. Until it resolves the connection is at work, and whoever uses it blocks the event loop.
   */
  async commit(): Promise<void> {
    try {
      await execApart(this.#database, 'commit');
    } catch (error) {
      throw asOutage(error);
    }
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const prepare = (): Prepared => attempt(() => this.#database.prepare(sql));
    const statement = toStatement(prepare(), prepare);
    this.#prepared.set(sql, statement);
    return statement;
  }

  close(): void {
    this.#prepared.clear();
    this.#database.close();
  }
}

function toStatement(prepared: Prepared, prepareAnother: () => Prepared): SqliteStatement {
  return {
    reader: prepared.reader,
    all: (parameters) => attempt(() => prepared.all(bindable(parameters))),
    run: (parameters) => attempt(() => prepared.run(bindable(parameters))),
    // Somebody else may run the same statement meanwhile.
    iterate: (parameters) => attempt(() => prepareAnother().iterate(bindable(parameters))),
  };
}

/** libsql ends the process when it is given a boolean. */
function bindable(parameters: Parameters): unknown[] {
  return parameters.map((value) => (typeof value === 'boolean' ? Number(value) : value));
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asOutage(error);
  }
}

function asOutage(error: unknown): unknown {
  return isOutage(error) ? outage(error) : error;
}

interface Apart {
  readonly prototype: { exec(this: Libsql.Database, sql: string): Promise<void> };
}

/** libsql has a class for either way, each of which does all of its work so; the connection below can do both. */
async function execApart(database: Libsql.Database, sql: string): Promise<void> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { prototype } = require('libsql/promise') as Apart;
  await prototype.exec.call(database, sql);
}

const OUTAGE =
  /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|NOMEM|PROTOCOL|CORRUPT|NOTADB|INTERRUPT|PERM|AUTH|NOLFS)/;

/** Whether the database failed, and not the statement. */
function isOutage(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? OUTAGE.test(code) : message === 'The database connection is not open';
}
