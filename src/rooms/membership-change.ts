import type { Connection } from '../connections/connection';
import type { RoomName } from '../protocol/room-name';

/** What a connection tells the others in a room about itself: any JSON object, small. */
export type JoinMeta = Readonly<Record<string, unknown>>;

/** A connection is in a room it asked for. */
export interface Joined {
  readonly type: 'joined';
  readonly connection: Connection;
  readonly room: RoomName;
  /** It was in already, and joined again. */
  readonly again: boolean;
  readonly meta?: JoinMeta;
}

/** A connection is not in a room any more: it left, the server took it out, or it ended. */
export interface Left {
  readonly type: 'left';
  readonly connection: Connection;
  readonly room: RoomName;
  readonly cause: 'left' | 'evicted' | 'closed';
  /** Why the server took it out, or the connection's close code. */
  readonly code?: string;
}

export type MembershipChange = Joined | Left;
