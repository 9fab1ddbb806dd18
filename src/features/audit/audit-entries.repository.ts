import { Injectable } from '@nestjs/common';
import type { Insertable, Selectable } from 'kysely';
import type { ActivityFilter } from '../../reports/activity-log';
import type { AuditEntriesTable } from '../../storage/database';
import { Storage } from '../../storage/storage';

export type AuditRow = Selectable<AuditEntriesTable>;
export type NewAuditRow = Insertable<AuditEntriesTable>;

/** So many rows tell who has most of them. */
const SAMPLE = 1000;
/** Of them, whoever has more than this is the first to lose some. */
const HOG = 50;

/** Who did what, where and when. Rows are added, and taken away when they are too old; none is ever changed. */
@Injectable()
export class AuditEntries {
  constructor(private readonly storage: Storage) {}

  async add(rows: readonly NewAuditRow[]): Promise<void> {
    await this.storage.write((trx) => trx.insertInto('audit_entries').values(rows).execute());
  }

  /** The newest first; of those before a row, when one is named. */
  page(filter: ActivityFilter, before: Pick<AuditRow, 'at' | 'seq'> | undefined, limit: number): Promise<AuditRow[]> {
    const { user, room, type, from, to } = filter;
    let query = this.storage.db.selectFrom('audit_entries').selectAll();
    if (user !== undefined) query = query.where('user_id', '=', user);
    if (room !== undefined) query = query.where('room', '=', room);
    if (type !== undefined) query = query.where('type', '=', type);
    if (from !== undefined) query = query.where('at', '>=', from);
    if (to !== undefined) query = query.where('at', '<', to);
    if (before) {
      const { at, seq } = before;
      query = query.where('at', '<=', at).where((be) => be.or([be('at', '<', at), be('seq', '<', seq)]));
    }
    return query.orderBy('at', 'desc').orderBy('seq', 'desc').limit(limit).execute();
  }

  /** Takes away some of what is older, and returns how many it were. */
  async purge(before: number, limit: number): Promise<number> {
    const old = this.storage.db.selectFrom('audit_entries').select('seq').where('at', '<', before);
    const rows = await old.orderBy('at').limit(limit).execute();
    if (!rows.length) return 0;
    const seqs = rows.map(({ seq }) => seq);
    await this.storage.write((trx) => trx.deleteFrom('audit_entries').where('seq', 'in', seqs).execute());
    return rows.length;
  }

  async count(): Promise<number> {
    const { n } = await this.storage.db
      .selectFrom('audit_entries')
      .select(({ fn }) => fn.countAll().as('n'))
      .executeTakeFirstOrThrow();
    return Number(n);
  }

  /** Takes away the oldest, of one user where one has very many; returns how many it were. */
  async trim(limit: number): Promise<number> {
    const user = await this.#hog();
    let oldest = this.storage.db.selectFrom('audit_entries').select('seq');
    if (user !== undefined) oldest = oldest.where('user_id', '=', user);
    const rows = await oldest.orderBy('at').orderBy('seq').limit(limit).execute();
    if (!rows.length) return 0;
    const seqs = rows.map(({ seq }) => seq);
    await this.storage.write((trx) => trx.deleteFrom('audit_entries').where('seq', 'in', seqs).execute());
    return rows.length;
  }

  /** The user who has more than a twentieth of some rows drawn at random: to count all of them would take long. */
  async #hog(): Promise<string | undefined> {
    const { first, last } = await this.storage.db
      .selectFrom('audit_entries')
      .select(({ fn }) => [fn.min('seq').as('first'), fn.max('seq').as('last')])
      .executeTakeFirstOrThrow();
    const span = Number(last) - Number(first) + 1;
    const drawn = Array.from({ length: SAMPLE }, () => Number(first) + Math.floor(Math.random() * span));
    const rows = this.storage.db.selectFrom('audit_entries').select('user_id').where('seq', 'in', drawn);
    return mostOf((await rows.execute()).map(({ user_id }) => user_id));
  }
}

function mostOf(users: readonly (string | null)[]): string | undefined {
  const counts = new Map<string, number>();
  for (const user of users) if (user !== null) counts.set(user, (counts.get(user) ?? 0) + 1);
  const [user, count = 0] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  return count * SAMPLE > users.length * HOG ? user : undefined;
}
