import { HttpException, NotFoundException } from '@nestjs/common';
import { SqliteStorage } from '../../adapters/sqlite';
import { DEMO_MIGRATIONS } from './migrations';
import { Table } from './table';

interface Project {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

describe('a table', () => {
  let storage: SqliteStorage;
  const projects = (maxRows?: number) => new Table<Project>(storage.db, 'project', maxRows);
  const named = (name: string) => ({ name, createdAt: 'now' });

  beforeEach(async () => {
    storage = new SqliteStorage({ file: ':memory:', migrations: DEMO_MIGRATIONS });
    await storage.migrate();
    await projects().remove('1');
  });

  afterEach(() => storage.close());

  it('gives ids that count up, and none twice', async () => {
    expect(await projects().insert(named('garden'))).toEqual({ id: '2', ...named('garden') });
    await projects().remove('2');
    expect(await projects().insert(named('house'))).toEqual({ id: '3', ...named('house') });
    expect(await projects().where()).toEqual([{ id: '3', ...named('house') }]);
  });

  it('is bounded, and has room again when something was deleted', async () => {
    await projects(1).insert(named('garden'));
    const message = 'The demo keeps 1 projects. Delete some first.';
    await expect(projects(1).insert(named('house'))).rejects.toEqual(new HttpException(message, 507));
    await projects().remove('2');
    expect(await projects(1).insert(named('house'))).toEqual({ id: '3', ...named('house') });
  });

  it.each(['7', '__proto__', '01', '2.0', '1e0', "1' or '1'='1", '9'.repeat(30)])('does not have %s', async (id) => {
    await projects().insert(named('garden'));
    const missing = new NotFoundException(`There is no project ${id}.`);
    await expect(projects().get(id)).rejects.toEqual(missing);
    await expect(projects().remove(id)).rejects.toEqual(missing);
    await expect(projects().update(id, { name: 'x' })).rejects.toEqual(missing);
    expect(await projects().where()).toEqual([{ id: '2', ...named('garden') }]);
  });
});
