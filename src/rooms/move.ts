import type { Connection } from '../connections/connection';
import type { RoomName } from '../protocol/room-name';

/** A connection that was in a room, and is not any more. */
export interface Left {
  readonly connection: Connection;
  readonly room: RoomName;
}

/** A connection came into a room it asked for, or left it. */
export interface Move {
  readonly type: 'joined' | 'left';
  readonly connection: Connection;
  readonly room: RoomName;
  /** Why the server took it out. */
  readonly code?: string;
}
