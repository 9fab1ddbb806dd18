import { Injectable } from '@nestjs/common';
import { invalid } from '../../gateway/validation/frame.pipe';
import { AuditEntries, AuditFilter, AuditRow } from './audit-entries.repository';
import type { AuditEntry } from './audit';

export interface AuditQuery extends AuditFilter {
  /** 1..200. @default 50 */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
}

/** An entry as it is kept. `at`: milliseconds since 1970. */
export type AuditRecord = Omit<AuditEntry, 'type'> & {
  readonly type: string;
  readonly at: number;
  /**
   * How many there were, where it was more than one: refused logins that were alike within a fifth of a second, or what one
   * user did beyond `audit.maxPerUserAndHour`, in which case the rooms and connections are not known.
   */
  readonly count?: number;
};

export interface AuditPage {
  /** The newest first. */
  readonly entries: readonly AuditRecord[];
  /** The cursor of the next page; left out: there is none. */
  readonly next?: string;
}

const MAX_LIMIT = 200;
const CURSOR = /^(\d{1,16})-(\d{1,16})$/;

/** Reads the record. What happened less than a second ago may not be in it yet. */
@Injectable()
export class AuditLog {
  constructor(private readonly entries: AuditEntries) {}

  /** @throws RealtimeError `validation_failed` for a bad limit or cursor, `unavailable` */
  async query({ limit = 50, cursor, ...filter }: AuditQuery = {}): Promise<AuditPage> {
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

function toRecord({ at, type, user_id, room, target, code, connection_id, address, count }: AuditRow): AuditRecord {
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
