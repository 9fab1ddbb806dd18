import { Injectable } from '@nestjs/common';
import type { Insertable, Selectable } from 'kysely';
import type { AuditEntriesTable } from './database';
import { Storage } from './storage';

export type AuditRow = Selectable<AuditEntriesTable>;
export type NewAuditRow = Insertable<AuditEntriesTable>;

/** Which rows: all that fit what is given. Times are milliseconds since 1970, `to` excluded. */
export interface AuditFilter {
  readonly user?: string;
  readonly room?: string;
  readonly type?: string;
  readonly from?: number;
  readonly to?: number;
}

/** Who did what, where and when. Rows are added, and taken away when they are too old; none is ever changed. */
@Injectable()
export class AuditEntries {
  constructor(private readonly storage: Storage) {}

  async add(rows: readonly NewAuditRow[]): Promise<void> {
    await this.storage.write((trx) => trx.insertInto('audit_entries').values(rows).execute());
  }

  /** The newest first; of those before a row, when one is named. */
  page(filter: AuditFilter, before: Pick<AuditRow, 'at' | 'seq'> | undefined, limit: number): Promise<AuditRow[]> {
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
}
