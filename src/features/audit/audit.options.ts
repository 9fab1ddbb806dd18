import { checkPart, checkPositive } from '../../options/invalid-option';
import { DAY_MS } from '../../options/units';
import type { Audit } from './audit';

/**
 * The record of who connected, joined, chatted and was disconnected by whom, in the storage. It is written 200 ms later;
 * an entry takes some 200 bytes and 15 µs in SQLite.
 */
export class AuditOptions {
  /** Time an entry is kept, milliseconds. @default 7_776_000_000 (90 days) */
  readonly retentionMs: number = 90 * DAY_MS;
  /**
   * Entries that are kept, about 200 MB of database. The oldest are deleted first, starting with a user who has very
   * many. @default 1_000_000
   */
  readonly maxEntries: number = 1_000_000;
  /**
   * Entries of one user per hour on each node, or of one address for refused logins. Further ones are counted in one
   * entry per type every five minutes. @default 1000
   */
  readonly maxPerUserAndHour: number = 1000;
  /** Takes the entries in the place of the storage. @default undefined: the storage */
  readonly sink: Audit | undefined = undefined;
}

/** @throws InvalidOption */
export function checkAudit(options: AuditOptions): void {
  checkPositive('audit', options, 'maxEntries', 'maxPerUserAndHour');
  checkPart('audit.sink', options.sink, 'record', 'Extend Audit.');
}
