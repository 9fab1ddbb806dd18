import type { Generated } from 'kysely';

// Times are milliseconds since 1970, UTC; ids are 21 random characters. `seq` counts up in the order of storing.

export interface ChatMessagesTable {
  readonly seq: Generated<number>;
  readonly id: string;
  readonly room: string;
  readonly user_id: string;
  readonly user_name: string | null;
  /** Empty once the message is deleted. */
  readonly text: string;
  /** The sender's own `message_id`: a retry is known by it. */
  readonly client_id: string | null;
  readonly sent_at: number;
  readonly edited_at: number | null;
  readonly deleted_at: number | null;
}

/** What is to be published: it stands here from the transaction that stored it until it is in the room's stream. */
export interface ChatOutboxTable {
  readonly seq: Generated<number>;
  /** The publication's. */
  readonly id: string;
  readonly room: string;
  /** The publication's body, as `beginPublication` made it. */
  readonly body: string;
  readonly created_at: number;
  /** Until then one node's relay is at work on it. */
  readonly claimed_until: number;
  /** How often the relay could not publish it for a reason of its own. */
  readonly attempts: Generated<number>;
  /** The relay tries neither it nor its room before; empty: it was set aside, and its room goes on. */
  readonly retry_at: Generated<number | null>;
  /** The user whose share of the streams it counts against. */
  readonly publisher: Generated<string | null>;
}

export type ChannelVisibility = 'public' | 'private' | 'password';
export type ChannelRole = 'owner' | 'moderator' | 'member';

export interface ChannelsTable {
  readonly id: string;
  readonly name: string;
  readonly visibility: ChannelVisibility;
  /** argon2id, in the PHC format. */
  readonly password_hash: string | null;
  readonly owner_id: string;
  /** Between two messages of a member; 0: none. */
  readonly slow_mode_seconds: number;
  readonly member_limit: number;
  readonly created_at: number;
  /** Its id is not given to another one. */
  readonly deleted_at: number | null;
}

export interface ChannelMembersTable {
  readonly channel_id: string;
  readonly user_id: string;
  readonly role: ChannelRole;
  readonly joined_at: number;
}

export interface ChannelBansTable {
  readonly channel_id: string;
  readonly user_id: string;
  readonly reason: string | null;
  readonly until: number | null;
  readonly banned_by: string;
  readonly created_at: number;
}

/** What waits for a user: it stands here from before it is published until it is acknowledged. */
export interface MailboxMessagesTable {
  readonly seq: Generated<number>;
  readonly user_id: string;
  /** The publication's, and the frame's `message_id`. */
  readonly id: string;
  /** The publication's body, as `beginPublication` made it. */
  readonly body: string;
  readonly created_at: number;
  /** Where it is in the user's stream; empty until it is published. */
  readonly epoch: string | null;
  readonly stream_offset: number | null;
}

/** Who did what: what a listener recorded, and nothing ever changes. */
export interface AuditEntriesTable {
  readonly seq: Generated<number>;
  readonly at: number;
  readonly type: string;
  readonly user_id: string | null;
  readonly room: string | null;
  /** What it was done to: the id of a message, for instance. */
  readonly target: string | null;
  readonly code: string | null;
  readonly connection_id: string | null;
  readonly address: string | null;
  /** How often, within a moment: of refused logins that are alike one entry is kept. */
  readonly count: Generated<number>;
}

export interface MigrationsTable {
  readonly name: string;
  readonly applied_at: number;
}

/** The module's tables. An application adds its own to the type with `storage.db.withTables<…>()`. */
export interface Database {
  chat_messages: ChatMessagesTable;
  chat_outbox: ChatOutboxTable;
  channels: ChannelsTable;
  channel_members: ChannelMembersTable;
  channel_bans: ChannelBansTable;
  mailbox_messages: MailboxMessagesTable;
  audit_entries: AuditEntriesTable;
  realtime_migrations: MigrationsTable;
}

/** The names at run time: these get the table prefix. */
export const TABLES: Readonly<Record<keyof Database, true>> = {
  chat_messages: true,
  chat_outbox: true,
  channels: true,
  channel_members: true,
  channel_bans: true,
  mailbox_messages: true,
  audit_entries: true,
  realtime_migrations: true,
};
