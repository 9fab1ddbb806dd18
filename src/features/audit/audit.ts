import type { Activity } from '../../events/activities';

/**
 * An entry of the audit. Its `type` is `connected`, `disconnected`, `auth_refused`, `joined`, `left`, or what another
 * feature recorded: `client_event`, `chat_sent`, `chat_edited`, `chat_deleted`, `channel_created` and the others of
 * channels, `admin_message`, `admin_disconnect`, `admin_recheck`, `admin_drain`. A connection that ends leaves its rooms
 * without a `left` of its own. What an administrator does is recorded before it is done.
 */
export type AuditEntry = Activity;

/**
 * Records what happened.
 *
 * Guarantee: `record` neither waits nor throws: whoever calls it is doing something else.
 */
export abstract class Audit {
  abstract record(entry: AuditEntry): void;
}
