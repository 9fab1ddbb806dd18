import { HttpException, HttpStatus, NotFoundException } from '@nestjs/common';
import type { Kysely, SelectQueryBuilder } from 'kysely';

type Anything = Record<string, Record<string, unknown>>;

/** The database, or a transaction, as rows of anything: a table knows its own. */
export type Rows = Kysely<Anything>;

const ID = /^[1-9]\d{0,14}$/;

/** One kind of thing in the database, within a transaction or outside. Bounded; ids count up and are never given twice. */
export class Table<Row extends { readonly id: string }> {
  readonly #db: Rows;
  readonly #name: string;

  constructor(
    db: object,
    private readonly kind: string,
    private readonly maxRows = 10_000,
  ) {
    this.#db = db as Rows;
    this.#name = `demo_${kind}s`;
  }

  /** @throws HttpException 507 when the table is full */
  async insert(row: Omit<Row, 'id'>): Promise<Row> {
    const count = this.#db.selectFrom(this.#name).select(({ fn }) => fn.countAll<number>().as('count'));
    if ((await count.executeTakeFirstOrThrow()).count >= this.maxRows) {
      const message = `The demo keeps ${this.maxRows} ${this.kind}s. Delete some first.`;
      throw new HttpException(message, HttpStatus.INSUFFICIENT_STORAGE);
    }
    const { id } = await this.#db.insertInto(this.#name).values(row).returning('id').executeTakeFirstOrThrow();
    return { id: String(id), ...row } as Row;
  }

  async has(id: string): Promise<boolean> {
    return (await this.find(id)) !== undefined;
  }

  async find(id: string): Promise<Row | undefined> {
    if (!ID.test(id)) return undefined;
    const query = this.#db.selectFrom(this.#name).selectAll().where('id', '=', Number(id));
    return this.#toRow(await query.executeTakeFirst());
  }

  /** @throws NotFoundException */
  async get(id: string): Promise<Row> {
    const row = await this.find(id);
    if (!row) throw new NotFoundException(`There is no ${this.kind} ${id}.`);
    return row;
  }

  /** The rows that have these values; all of them without any. */
  async where(values: Partial<Row> = {}): Promise<Row[]> {
    const query = having(this.#db.selectFrom(this.#name).selectAll(), values);
    return (await query.orderBy('id').execute()).map((row) => this.#toRow(row)!);
  }

  /** The highest number these rows have in a field, as far as it is lower than `below`; 0 where there is none. */
  async max(field: Extract<keyof Row, string>, values: Partial<Row>, below = Number.MAX_VALUE): Promise<number> {
    const highest = this.#db.selectFrom(this.#name).select(({ fn }) => fn.max<number | null>(field).as('value'));
    return (
      (await having(highest.where(this.#db.dynamic.ref(field), '<', below), values).executeTakeFirst())?.value ?? 0
    );
  }

  /** The row as it was, and as it is now. @throws NotFoundException */
  async update(id: string, change: Partial<Row>): Promise<{ before: Row; after: Row }> {
    const before = await this.get(id);
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    const values = Object.fromEntries(given) as Partial<Row>;
    if (given.length) await this.#db.updateTable(this.#name).set(values).where('id', '=', Number(id)).execute();
    return { before, after: { ...before, ...values } };
  }

  /** @throws NotFoundException */
  async remove(id: string): Promise<Row> {
    const row = await this.get(id);
    await this.#db.deleteFrom(this.#name).where('id', '=', Number(id)).execute();
    return row;
  }

  /** Removes those that have these values, and returns them. */
  async removeAll(values: Partial<Row>): Promise<Row[]> {
    const rows = await this.where(values);
    for (const { id } of rows) await this.remove(id);
    return rows;
  }

  /** The oldest go. */
  async removeUpTo(id: number): Promise<void> {
    await this.#db.deleteFrom(this.#name).where('id', '<=', id).execute();
  }

  #toRow(row: Record<string, unknown> | undefined): Row | undefined {
    return row && ({ ...row, id: String(row.id) } as Row);
  }
}

function having<O>(query: SelectQueryBuilder<Anything, string, O>, values: object): typeof query {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.reduce((narrower, [field, value]) => narrower.where(field, '=', value), query);
}
