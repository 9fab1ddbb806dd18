import { CompiledQuery, DatabaseConnection, Driver, SqliteDialect, SqliteDriver } from 'kysely';
import type { SqliteHandle } from './sqlite.handle';

/** SQLite whose transactions take the write lock when they begin: later it could be refused half way. */
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

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.handle.inTransaction) await super.rollbackTransaction(connection);
  }
}
