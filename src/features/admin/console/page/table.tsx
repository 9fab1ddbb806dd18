import type { ComponentChildren } from 'preact';
import { Empty, Loading, Trouble } from './states';
import type { Polled } from './use-poll';

export interface Column<Row> {
  readonly name: string;
  readonly of: (row: Row) => ComponentChildren;
  readonly kind?: 'number' | 'actions' | 'code';
  /** Left out of a table in a narrow window. */
  readonly minor?: boolean;
}

interface Props<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, at: number) => string;
}

export function Table<Row>({ caption, columns, rows, keyOf }: Props<Row>) {
  return (
    <table>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.name} scope="col" class={classOf(column)}>
              {column.kind === 'actions' ? <span class="unseen">{column.name}</span> : column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={keyOf(row, at)}>
            {columns.map((column) => (
              <td key={column.name} class={classOf(column)} data-name={column.name}>
                {column.of(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ListProps<Row> extends Omit<Props<Row>, 'rows'> {
  readonly polled: Polled<unknown>;
  readonly rows?: readonly Row[];
  /** What is said where there are none. */
  readonly empty: ComponentChildren;
}

/** A table of what is asked for: also before it is there, and where it does not come. */
export function List<Row>({ polled: { error, ask }, rows, empty, ...table }: ListProps<Row>) {
  if (rows?.length) return <Table {...table} rows={rows} />;
  if (error) return <Trouble error={error} again={ask} />;
  return rows ? <Empty>{empty}</Empty> : <Loading what={table.caption.toLowerCase()} />;
}

function classOf({ kind, minor }: Pick<Column<never>, 'kind' | 'minor'>): string {
  return [kind, minor && 'minor'].filter(Boolean).join(' ');
}
