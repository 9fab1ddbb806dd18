import type { NewAuditRow } from './audit-entries.repository';

export type CountedRow = NewAuditRow & { count: number };

const HOUR_MS = 3_600_000;
/** Users, and addresses without one, whose entries are counted at a time; those of all others are folded. */
const MAX_COUNTED = 100_000;

/**
 * How many rows a user gets in an hour, or an address that nobody signed in from. More entries are folded: those of one type
 * become one row with their count, and without their rooms and connections. What administrators do is never folded.
 */
export class Quota {
  readonly #rows = new Map<string, number>();
  readonly #folded = new Map<string, CountedRow>();
  #until = 0;

  constructor(private readonly maxPerHour: number) {}

  /** Whether an entry gets a row of its own; otherwise it is folded. */
  admits(row: CountedRow): boolean {
    if (row.type.startsWith('admin_')) return true;
    if (row.at >= this.#until) this.#begin(row.at);
    const key = row.user_id ? `user ${row.user_id}` : `address ${row.address}`;
    const rows = this.#rows.get(key) ?? (this.#rows.size < MAX_COUNTED ? 0 : this.maxPerHour);
    if (rows >= this.maxPerHour) this.#fold(key, row);
    else this.#rows.set(key, rows + 1);
    return rows < this.maxPerHour;
  }

  /** The entries that were folded since the last call. */
  take(): CountedRow[] {
    const rows = [...this.#folded.values()];
    this.#folded.clear();
    return rows;
  }

  #begin(at: number): void {
    this.#until = at + HOUR_MS;
    this.#rows.clear();
  }

  #fold(key: string, row: CountedRow): void {
    const counted = this.#rows.has(key);
    const id = `${row.type} ${counted ? key : ''}`;
    const folded = this.#folded.get(id);
    if (folded) folded.count += row.count;
    else this.#folded.set(id, foldedFrom(row, counted));
  }
}

function foldedFrom({ at, type, user_id, address, count }: CountedRow, counted: boolean): CountedRow {
  const nothing = { room: null, target: null, code: null, connection_id: null };
  const who = counted ? { user_id, address: user_id ? null : address } : { user_id: null, address: null };
  return { at, type, ...who, ...nothing, count };
}
