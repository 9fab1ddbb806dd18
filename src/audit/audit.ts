/** What is recorded. A connection that ends leaves its rooms without a `left` of their own. */
export type AuditType =
  'connected' | 'disconnected' | 'auth_refused' | 'joined' | 'left' | 'chat_sent' | 'chat_edited' | 'chat_deleted';

/** Who did what, where and when. */
export interface AuditEntry {
  readonly type: AuditType;
  readonly user?: string;
  readonly room?: string;
  /** What it was done to: the id of a message. */
  readonly target?: string;
  /** A close code, or why something was refused or somebody turned out. */
  readonly code?: string;
  readonly connection?: string;
  readonly address?: string;
}

/**
 * Records what happened.
 *
 * Guarantee: `record` neither waits nor throws: whoever calls it is doing something else.
 */
export abstract class Audit {
  abstract record(entry: AuditEntry): void;
}
