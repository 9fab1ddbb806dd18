import type { Observable } from 'rxjs';
import type { RoomName } from '../../protocol/room-name';
import { MemberLists, MembersPage, MembersRequest } from '../../rooms/member-lists';

export type { MembersPage, MembersRequest };

/** A connection in a room. */
export interface Presence {
  readonly connectionId: string;
  readonly userId: string;
  readonly name?: string;
  /** When this connection joined this room, milliseconds since 1970. */
  readonly joinedAt: number;
  /** What it tells about itself, as JSON. */
  readonly meta?: string;
}

/** A user came into a room with its first connection there, or is gone with its last. */
export interface PresenceChange {
  readonly type: 'joined' | 'left';
  readonly room: RoomName;
  readonly userId: string;
  readonly name?: string;
  /** Connections in the room by then, of all users. */
  readonly connections: number;
}

export interface PresenceSettings {
  /** How long a user whose last connection was lost is still taken for present, milliseconds. */
  readonly graceMs: number;
  /** The same where this node drained, and so has told the client when to come back. */
  readonly drainedMs: number;
}

/** How a connection leaves a room: for good; or it may come back, because it was lost, or sent away to return. */
export type LeaveReason = 'left' | 'lost' | 'drained';

/**
 * Knows who is in which room, over all nodes that share it.
 *
 * Guarantees: of each change one node is told, once, at most. A user who is within its grace, or comes back within it,
 * is present all the time; `connections` is 0 as long as it has none. When a node is gone without a word, so are its
 * connections, as if all of them had been lost at the time it was last heard of.
 */
export abstract class PresenceStore extends MemberLists {
  /** What this node has to tell the others in the room. */
  abstract readonly changes: Observable<PresenceChange>;
  /** Called once, when the application has booted and before its first connection. */
  abstract configure(settings: PresenceSettings): void;
  /**
   * A connection of this node is in a room. Does not fail: what cannot be stored now is stored later. The same one
   * again: what it tells about itself is replaced.
   */
  abstract join(room: RoomName, presence: Presence): void;
  /** It is not there any more. Unless it `left` it may come back, and its user has the grace. */
  abstract leave(room: RoomName, presence: Pick<Presence, 'connectionId' | 'userId'>, how: LeaveReason): void;
  /** Who is there, what this node did before included. @throws RealtimeError `unavailable` */
  abstract override members(room: RoomName, request: MembersRequest): Promise<MembersPage>;
  /** Hands what is still to be told to the others, and ends what it holds. Called once, at shutdown. */
  async close(): Promise<void> {}
}
