import type { Kysely } from 'kysely';
import type { Migration } from '../../index';
import type { Rows } from './table';

/** The demo's own tables, beside those of the module. They begin with a place for a first task. */
export const DEMO_MIGRATIONS: readonly Migration[] = [
  { name: 'demo-0001-board', up: makeTables },
  { name: 'demo-0002-places', up: placeTasks },
  { name: 'demo-0003-changes', up: keepChanges },
];

async function makeTables(db: Kysely<unknown>): Promise<void> {
  const table = (name: string) => newTable(db, name);
  const index = (name: string, column: string) =>
    db.schema.createIndex(`demo_${name}_${column}`).on(`demo_${name}`).column(column).execute();
  await table('projects')
    .addColumn('name', 'text', (column) => column.notNull())
    .execute();
  await table('boards')
    .addColumn('projectId', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .execute();
  await table('tasks')
    .addColumn('projectId', 'text', (column) => column.notNull())
    .addColumn('boardId', 'text')
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .execute();
  await index('boards', 'projectId');
  await index('tasks', 'projectId');
  await index('tasks', 'boardId');
  await insertFirst(db as Rows);
}

function newTable(db: Kysely<unknown>, name: string) {
  return (
    db.schema
      .createTable(`demo_${name}`)
      // Counts up, and gives none twice.
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('createdAt', 'text', (column) => column.notNull())
  );
}

async function insertFirst(db: Rows): Promise<void> {
  const createdAt = new Date().toISOString();
  await db.insertInto('demo_projects').values({ name: 'First project', createdAt }).execute();
  await db.insertInto('demo_boards').values({ projectId: '1', name: 'First board', createdAt }).execute();
}

/** Tasks that are there already stand in the order they were made in. */
async function placeTasks(db: Kysely<unknown>): Promise<void> {
  const add = (name: string, type: 'real' | 'integer' | 'text', value: unknown) =>
    db.schema
      .alterTable('demo_tasks')
      .addColumn(name, type, (column) => column.notNull().defaultTo(value))
      .execute();
  await add('position', 'real', 0);
  await add('revision', 'integer', 0);
  await add('changedBy', 'text', '');
  const tasks = (db as Rows).updateTable('demo_tasks');
  await tasks.set((task) => ({ position: task.ref('id') })).execute();
}

async function keepChanges(db: Kysely<unknown>): Promise<void> {
  await newTable(db, 'changes')
    .addColumn('projectId', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('task', 'text', (column) => column.notNull())
    .execute();
}
