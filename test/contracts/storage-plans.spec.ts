import { join } from 'node:path';
import { PostgresStorage } from '../../src/adapters/postgres';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { PostgresServer } from '../support/postgres';
import { temporaryDirectory } from '../support/program';
import { describePlans, DIALECTS } from './plans';

const directory = temporaryDirectory();
let server: PostgresServer;

beforeAll(async () => (server = await PostgresServer.start()), 60_000);
afterAll(() => server.end());

describePlans('SQLite', DIALECTS.sqlite, async () => new SqliteStorage({ file: join(directory, 'plans.sqlite') }));

describePlans('PostgreSQL', DIALECTS.postgres, async () => {
  // To fill it with a million takes longer than a statement may.
  return new PostgresStorage({ url: await server.createDatabase(), timeoutMs: 600_000 });
});
