import { CompiledQuery, DatabaseConnection, Driver, SqliteDialect, SqliteDriver } from 'kysely';
import type { SqliteHandle } from './sqlite.handle';

/**
 * SQLite whose transactions take the write lock when they begin, for later it could be refused half way, and are
 * committed apart from the event loop.
 */
export class ImmediateDialect extends SqliteDialect {
  constructor(private readonly handle: SqliteHandle) {
    super({ database: handle });
  }

  override createDriver(): Driver {
    return new ImmediateDriver(this.handle);
  }
}

class ImmediateDriver extends SqliteDriver {
  constructor(private readonly handle: SqliteHandle) {
    super({ database: handle });
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  override async commitTransaction(): Promise<void> {
    await this.handle.commit();
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.handle.inTransaction) await super.rollbackTransaction(connection);
  }
}
