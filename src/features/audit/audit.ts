import type { ChannelChange } from '../chat/channels/channel-changes';
import type { ChatChange } from '../chat/chat.service';
import type { ClientEvent } from '../../events/client-events';

/** What is recorded. A connection that ends leaves its rooms without a `left` of their own. */
export type AuditType =
  | 'connected'
  | 'disconnected'
  | 'auth_refused'
  | 'joined'
  | 'left'
  | ChatChange['type']
  | ClientEvent['type']
  | ChannelChange['type']
  | AdminAction;

/** What somebody had done over the admin API; on record before it is done. */
export type AdminAction = 'admin_message' | 'admin_disconnect' | 'admin_recheck' | 'admin_drain';

/** Who did what, where and when. */
export interface AuditEntry {
  readonly type: AuditType;
  readonly user?: string;
  readonly room?: string;
  /** The target: the id of a message, a connection or a node, a user, an event, or the names of a channel's settings. */
  readonly target?: string;
  /** A close code, why something was refused or somebody turned out, or the role somebody was given. */
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
