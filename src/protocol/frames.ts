import type { ErrorData } from './errors';
import type { StreamPosition } from './position';
import type { RoomName } from './room-name';

export const SUBPROTOCOL_JSON = 'realtime.v1.json';
export const SUBPROTOCOL_MSGPACK = 'realtime.v1.msgpack';

/** What a client sends. */
export interface ClientFrame {
  readonly type: string;
  readonly data?: unknown;
  /** Correlation id and idempotency key: 1..64 characters of `A-Za-z0-9_-`. */
  readonly message_id?: string;
}

/** What the server sends. */
export interface ServerFrame<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
  /** Opaque and unique; the same in every room one publication went to. */
  readonly message_id: string;
  /** RFC 3339 with milliseconds, UTC. */
  readonly timestamp: string;
  /** The `message_id` of the frame this one answers. */
  readonly reply_to?: string;
  /** On publications: the room. */
  readonly room?: RoomName;
  /** On events that a client sent: who it was. The application's own have none. */
  readonly user?: Author;
  /** On publications, where the server is set to tell: the `traceparent` of the request that made them. */
  readonly trace?: string;
  /** On publications into a room that keeps history: dense within an epoch. */
  readonly offset?: number;
}

export interface Member {
  readonly user_id: string;
  readonly name?: string;
  /** 0 while the user's last connection is lost, and may come back. */
  readonly connections: number;
  /** When the user came into the room. */
  readonly joined_at: string;
  /** What the connection that came last tells about itself. */
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** The first of those who are in a room. */
export interface MemberList {
  members: readonly Member[];
  /** There are others. */
  has_more?: true;
}

/** Who said something. */
export interface Author {
  readonly id: string;
  readonly name?: string;
}

/** A message as the database has it. One that was deleted has no text any more. */
export interface KeptMessage {
  readonly id: string;
  readonly text?: string;
  readonly user: Author;
  readonly sent_at: string;
  readonly edited_at?: string;
  readonly deleted?: true;
}

/** The data of every frame the server itself sends, by type. Domain events are the application's own. */
export interface ServerFrameData {
  pong: Record<string, unknown>;
  echo: Record<string, unknown>;
  status: {
    connection_id: string;
    user_id: string;
    connected_at: string;
    rooms: RoomName[];
    messages_sent: number;
    messages_received: number;
  };
  auth_required: { timeout_ms: number };
  auth_success: {
    connection_id: string;
    user_id: string;
    /** `null` for an identity that does not expire. */
    expires_at: string | null;
    heartbeat_ms: number;
    max_message_bytes: number;
  };
  auth_failed: { code: string; message: string };
  auth_expiring: { expires_at: string };
  room_joined: StreamPosition & { room: RoomName; recovered: boolean; replayed: number } & Partial<MemberList>;
  room_left: { room: RoomName; code?: string; message?: string };
  room_reset: StreamPosition & { room: RoomName };
  room_renewed: StreamPosition & { room: RoomName };
  presence: { room: RoomName } & MemberList;
  history: StreamPosition & { room: RoomName; messages: ServerFrame[]; has_more: boolean };
  ack: Record<string, unknown>;
  chat: { id: string; text: string; user: Author };
  chat_edited: { id: string; text: string; user: Author; edited_at: string };
  chat_deleted: { id: string; user: Author };
  chat_history: { room: RoomName; messages: KeptMessage[]; has_more: boolean };
  user_joined: { user_id: string; name?: string };
  user_left: { user_id: string; name?: string };
  user_typing: { user_id: string; name?: string; typing: boolean };
  omitted: Record<string, never>;
  server_shutdown: { reconnect_in_ms: number };
  error: ErrorData;
}

export type ServerFrameType = keyof ServerFrameData;

/** The types the protocol keeps for itself: no domain event may use one. */
export const RESERVED_TYPES: ReadonlySet<string> = new Set([
  ...['ping', 'pong', 'echo', 'status', 'authenticate', 'auth_required', 'auth_success', 'auth_failed'],
  ...['auth_expiring', 'join_room', 'room_joined', 'leave_room', 'room_left', 'room_reset', 'room_renewed'],
  ...['subscription'],
  ...['chat', 'chat_edit', 'chat_edited', 'chat_delete', 'chat_deleted', 'chat_history', 'typing', 'user_typing'],
  ...['broadcast', 'presence', 'user_joined', 'user_left', 'history', 'received', 'ack', 'omitted'],
  ...['server_shutdown', 'error'],
]);
