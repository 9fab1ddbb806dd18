import { Injectable } from '@nestjs/common';
import { invalid } from '../../gateway/validation/frame.pipe';
import { ActivityLog, ActivityPage, ActivityQuery, ActivityRecord } from '../../reports/activity-log';
import { AuditEntries, AuditRow } from './audit-entries.repository';

export type { ActivityPage as AuditPage, ActivityQuery as AuditQuery, ActivityRecord as AuditRecord };

const MAX_LIMIT = 200;
const CURSOR = /^(\d{1,16})-(\d{1,16})$/;

/** Reads the record. What happened less than a second ago may not be in it yet. */
@Injectable()
export class AuditLog extends ActivityLog {
  constructor(private readonly entries: AuditEntries) {
    super();
  }

  /** @throws RealtimeError `validation_failed` for a bad limit or cursor, `unavailable` */
  override async query({ limit = 50, cursor, ...filter }: ActivityQuery = {}): Promise<ActivityPage> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
      throw invalid([{ field: 'limit', message: `must be 1..${MAX_LIMIT}, got ${String(limit)}` }]);
    }
    const rows = await this.entries.page(filter, cursor === undefined ? undefined : positionOf(cursor), limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return { entries: page.map(toRecord), ...(rows.length > limit && last ? { next: `${last.at}-${last.seq}` } : {}) };
  }
}

function positionOf(cursor: string): { at: number; seq: number } {
  const [, at, seq] = CURSOR.exec(cursor) ?? [];
  if (at === undefined) throw invalid([{ field: 'cursor', message: 'must be the "next" of another page' }]);
  return { at: Number(at), seq: Number(seq) };
}

function toRecord({ at, type, user_id, room, target, code, connection_id, address, count }: AuditRow): ActivityRecord {
  return {
    at,
    type,
    user: user_id ?? undefined,
    room: room ?? undefined,
    target: target ?? undefined,
    code: code ?? undefined,
    connection: connection_id ?? undefined,
    address: address ?? undefined,
    count: count > 1 ? count : undefined,
  };
}
