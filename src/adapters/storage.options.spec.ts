import { PostgresStorage } from './postgres/postgres.storage';
import { SqliteStorage } from './sqlite/sqlite.storage';

const sqlite = (options: object) => () => new SqliteStorage({ file: 'a', ...options });
const postgres = (options: object) => () => new PostgresStorage(options as never);
const url = 'postgres://alice:hunter2@db.example:5433/app';

describe('a storage', () => {
  it.each([
    ['no file', sqlite({ file: '' }), "option SqliteStorage.file must be a path, got ''. Try 'realtime.sqlite'."],
    ['an option it does not have', sqlite({ fil: 'a' }), 'option SqliteStorage.fil is not an option. Known: file, '],
    [
      'a prefix that is no identifier',
      sqlite({ tablePrefix: 'a"; drop' }),
      "option SqliteStorage.tablePrefix must be 1..31 letters, digits and _, no digit first, got 'a\"; drop'.",
    ],
    [
      'memory that is said to be shared',
      sqlite({ file: ':memory:', shared: true }),
      "option SqliteStorage.shared cannot be true of ':memory:'.",
    ],
    [
      'no patience',
      sqlite({ timeoutMs: 0 }),
      'option SqliteStorage.timeoutMs must be a number, 1 to 2147483647, got 0',
    ],
    [
      'neither url nor pool',
      postgres({}),
      "option PostgresStorage needs either url or pool, got neither. Try { url: 'postgres://localhost/app' }.",
    ],
    ['both', postgres({ url, pool: {} }), 'option PostgresStorage needs either url or pool, got both.'],
    [
      'a url of something else, which is not repeated: it may hold a password',
      postgres({ url: 'mysql://alice:hunter2@db/app' }),
      "option PostgresStorage.url must begin with 'postgres://'. Try 'postgres://localhost/app'.",
    ],
    ['no pool', postgres({ pool: {} }), 'option PostgresStorage.pool must be a pg.Pool, got {}. Try new Pool({ … }).'],
    [
      'a schema that is no identifier',
      postgres({ url, schema: '1st' }),
      "option PostgresStorage.schema must be 1..31 letters, digits and _, no digit first, got '1st'. Try 'realtime'.",
    ],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(`RealtimeModule: ${message}`);
  });

  it('says where it is, but no password', () => {
    expect(new SqliteStorage({ file: '/var/lib/app.sqlite' }).place).toBe('SQLite, /var/lib/app.sqlite');
    expect(new PostgresStorage({ url, schema: 'chat' }).place).toBe('PostgreSQL, db.example:5433/app, schema chat');
  });
});
