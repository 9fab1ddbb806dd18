import { Kysely } from 'kysely';
import type Libsql from 'libsql';
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { checkBoolean, InvalidOption, show } from '../../options/invalid-option';
import type { Database } from '../../storage/database';
import { runMigrations } from '../../storage/migration';
import { MIGRATIONS } from '../../storage/migrations';
import { outage } from '../../storage/outage';
import { Storage, Work } from '../../storage/storage';
import { ResolvedStorageOptions, resolveStorage, StorageOptions } from '../../storage/storage.options';
import { TablePrefix } from '../../storage/table-prefix';
import { GroupCommit } from './group-commit';
import { ImmediateDialect } from './immediate.dialect';
import { SqliteHandle } from './sqlite.handle';

export interface SqliteStorageOptions extends StorageOptions {
  /** Made with its directory when it is not there. `:memory:` is gone with the process. */
  file: string;
  /** Whether all nodes run on one machine and use this file. Required with a shared backplane. @default false */
  shared?: boolean;
}

/** How long SQLite itself waits for a lock, blocking the event loop; beyond that the storage waits, blocking nobody. */
const BUSY_MS = 2;
/** Another process may be bringing the tables up to date, or use them all the time. */
const MIGRATION_PATIENCE_MS = 60_000;

interface Open {
  readonly handles: readonly SqliteHandle[];
  readonly reader: Kysely<Database>;
  readonly writer: Kysely<Database>;
  readonly commits: GroupCommit;
}

/**
 * A SQLite file: no server, for one process or a few of one machine. A commit is on the disk when it is acknowledged
 * (WAL, synchronous=FULL), and the event loop does not wait for that disk. Opened at the first use, not by `new`.
 */
export class SqliteStorage extends Storage {
  override readonly shared: boolean;
  readonly #file: string;
  readonly #options: ResolvedStorageOptions;
  #open: Open | undefined;
  #closed = false;

  /** @throws InvalidOption */
  constructor({ file, shared = false, ...options }: SqliteStorageOptions) {
    super();
    if (typeof file !== 'string' || !file || file.includes('\0')) {
      throw new InvalidOption('SqliteStorage.file', `must be a path, got ${show(file)}`, "Try 'realtime.sqlite'.");
    }
    checkBoolean('SqliteStorage.shared', shared);
    if (shared && file === ':memory:') throw new InvalidOption('SqliteStorage.shared', "cannot be true of ':memory:'");
    this.#file = file === ':memory:' ? file : resolve(file);
    this.shared = shared;
    this.#options = resolveStorage('SqliteStorage', options, ['file', 'shared']);
  }

  override get place(): string {
    return `SQLite, ${this.#file}`;
  }

  override get db(): Kysely<Database> {
    return this.#opened().reader;
  }

  override async write<T>(work: Work<T>): Promise<T> {
    return this.#opened().commits.add(work);
  }

  override async migrate(): Promise<readonly string[]> {
    const migrations = [...MIGRATIONS, ...this.#options.migrations];
    const end = Date.now() + MIGRATION_PATIENCE_MS;
    for (;;) {
      try {
        return await this.write((trx) => runMigrations(trx, migrations, 'sqlite'));
      } catch (error) {
        if (!isBusy(error) || Date.now() > end) throw error;
      }
    }
  }

  override async close(): Promise<void> {
    this.#closed = true;
    const open = this.#open;
    if (!open) return;
    await open.commits.settled();
    this.#open = undefined;
    for (const handle of open.handles) handle.close();
  }

  #opened(): Open {
    if (this.#closed) throw outage('the storage is closed');
    return (this.#open ??= this.#openFile());
  }

  #openFile(): Open {
    const inMemory = this.#file === ':memory:';
    if (!inMemory) mkdirSync(dirname(this.#file), { recursive: true });
    const handle = openHandle(this.#file);
    handle.exec('pragma journal_mode = wal');
    handle.exec('pragma synchronous = full');
    handle.exec('pragma foreign_keys = on');
    const writer = this.#kysely(handle);
    const commits = new GroupCommit(writer, handle, this.#options.timeoutMs);
    if (inMemory) return { handles: [handle], reader: writer, writer, commits };
    // Of its own: a read in the midst of a transaction sees what is committed, and waits for nothing.
    const readHandle = openHandle(this.#file);
    readHandle.exec('pragma query_only = on');
    return { handles: [handle, readHandle], reader: this.#kysely(readHandle), writer, commits };
  }

  #kysely(handle: SqliteHandle): Kysely<Database> {
    const { tablePrefix } = this.#options;
    const plugins = tablePrefix ? [new TablePrefix(tablePrefix)] : [];
    return new Kysely<Database>({ dialect: new ImmediateDialect(handle), plugins });
  }
}

/** Loads the native library with the first file that is opened: it is not there on every platform. */
function openHandle(file: string): SqliteHandle {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const Database = require('libsql') as typeof Libsql;
  return new SqliteHandle(new Database(file, { timeout: BUSY_MS }));
}

function isBusy(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } };
  return cause?.code === 'SQLITE_BUSY';
}
