import type { Author } from '../protocol/frames';
import type { StreamPosition } from '../protocol/position';
import type { RealtimeClientError } from './client-error';

/** The names of an application's events: those of its `RealtimeEvents`; any where that is empty. */
export type EventName<Events> = [keyof Events] extends [never] ? string : Extract<keyof Events, string>;

export type EventData<Events, Name extends string> = Name extends keyof Events ? Events[Name] : unknown;

/** What comes with an event's data. */
export interface EventMeta {
  readonly type: string;
  /** Opaque and unique: the same wherever, and however often, one event comes. */
  readonly messageId: string;
  /** When it was published: RFC 3339, UTC. */
  readonly timestamp: string;
  readonly room?: string;
  /** Who sent it, where a client did; the application's own events have none. */
  readonly user?: Author;
  /** Its place in the room's stream; volatile events have none. */
  readonly offset?: number;
  /** The `traceparent` of the request that published it, where the server is set to tell it. */
  readonly trace?: string;
  /** It was missed while there was no connection, and comes afterwards. */
  readonly replayed: boolean;
}

/** What is said in a room's chat. */
export interface ChatEvents {
  chat: { id: string; text: string; user: Author };
  chat_edited: { id: string; text: string; user: Author; edited_at: string };
  chat_deleted: { id: string; user: Author };
}

/** What becomes of a client's own place in a room. */
export interface RoomSignals {
  /** In the room, for the first time or again. */
  joined: { readonly position: StreamPosition; readonly recovered: boolean };
  /** Out of it: by `leave()`, or, with an error, because the server said so. */
  left: { readonly error?: RealtimeClientError };
  /** Everything that was missed has been shown; how many there were. */
  recovered: { readonly replayed: number };
  /** Something was missed that cannot be shown any more: load the state anew. */
  reset: { readonly position: StreamPosition };
  /** Coming back into the room fails, and is tried again. */
  error: unknown;
}
