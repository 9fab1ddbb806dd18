import { HttpException, HttpStatus, NotFoundException } from '@nestjs/common';

/** One kind of thing, in memory: lost at the end of the process, and bounded. Ids count up and are never given twice. */
export class Table<Row extends { readonly id: string }> {
  readonly #rows = new Map<string, Row>();
  #lastId = 0;

  constructor(
    private readonly kind: string,
    private readonly maxRows = 10_000,
  ) {}

  /** @throws HttpException 507 when the table is full */
  insert(row: Omit<Row, 'id'>): Row {
    if (this.#rows.size >= this.maxRows) {
      const message = `The demo keeps ${this.maxRows} ${this.kind}s in memory. Delete some first.`;
      throw new HttpException(message, HttpStatus.INSUFFICIENT_STORAGE);
    }
    return this.put({ id: String(++this.#lastId), ...row } as Row);
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  find(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  /** @throws NotFoundException */
  get(id: string): Row {
    const row = this.#rows.get(id);
    if (!row) throw new NotFoundException(`There is no ${this.kind} ${id}.`);
    return row;
  }

  /** The rows that have these values; all of them without any. */
  where(values: Partial<Row> = {}): Row[] {
    const wanted = Object.entries(values) as [keyof Row, unknown][];
    return [...this.#rows.values()].filter((row) => wanted.every(([field, value]) => row[field] === value));
  }

  /** Takes the place of the row with this id. Rows are never changed: whoever holds one holds what it was. */
  put(row: Row): Row {
    this.#rows.set(row.id, row);
    return row;
  }

  /** @throws NotFoundException */
  remove(id: string): Row {
    const row = this.get(id);
    this.#rows.delete(id);
    return row;
  }
}
