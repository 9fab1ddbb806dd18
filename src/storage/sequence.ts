import type { ColumnDefinitionBuilder, CreateTableBuilder } from 'kysely';
import type { DialectName } from './migration';

type Table<Name extends string, Column extends string> = CreateTableBuilder<Name, Column>;

/** The primary key `seq`, which counts up. On PostgreSQL its order is that of the inserts, not of their commits. */
export function withSequence<Name extends string, Column extends string>(
  table: Table<Name, Column>,
  dialect: DialectName,
): Table<Name, Column | 'seq'> {
  const key = (column: ColumnDefinitionBuilder) => column.primaryKey();
  if (dialect === 'sqlite') return table.addColumn('seq', 'integer', (column) => key(column).autoIncrement());
  return table.addColumn('seq', 'bigint', (column) => key(column).generatedByDefaultAsIdentity());
}
