import type { NewAuditRow } from './audit-entries.repository';

/** Entries that wait for the database; of more the oldest are dropped. */
const MAX_WAITING = 10_000;
/**
 * How many of them may be refused logins. Anyone can make these, from many addresses, without being anybody: more are
 * dropped, so that they drive nothing else out.
 */
const MAX_REFUSED = 1_000;

/** What is recorded and not yet in the database, oldest first. Refused logins that are alike are one entry. */
export class WriteBehindBuffer {
  #rows: NewAuditRow[] = [];
  #refused = 0;
  /** Those of the refused ones that may still be counted up. */
  readonly #alike = new Map<string, NewAuditRow & { count: number }>();

  constructor(private readonly onDrop: (count: number) => void) {}

  get size(): number {
    return this.#rows.length;
  }

  add(row: NewAuditRow & { count: number }): void {
    if (row.type === 'auth_refused' && !this.#isNew(row)) return;
    this.#rows.push(row);
    // Not one by one: it moves all the others.
    if (this.#rows.length >= 2 * MAX_WAITING) this.dropOldest();
  }

  /** The oldest, to be written. */
  take(count: number): NewAuditRow[] {
    this.#alike.clear();
    return this.#rows.splice(0, count);
  }

  /** They could not be written. */
  putBack(rows: readonly NewAuditRow[]): void {
    this.#rows = [...rows, ...this.#rows];
  }

  written(rows: readonly NewAuditRow[]): void {
    this.#refused -= rows.filter(({ type }) => type === 'auth_refused').length;
  }

  dropOldest(): void {
    const over = this.#rows.length - MAX_WAITING;
    if (over <= 0) return;
    this.written(this.take(over));
    this.onDrop(over);
  }

  /** One like it is counted up; where there are too many others, it is dropped. */
  #isNew(row: NewAuditRow & { count: number }): boolean {
    const key = `${row.address} ${row.code}`;
    const alike = this.#alike.get(key);
    if (alike) alike.count++;
    else if (this.#refused >= MAX_REFUSED) this.onDrop(1);
    else {
      this.#alike.set(key, row);
      this.#refused++;
      return true;
    }
    return false;
  }
}
