import type { StoredPublication } from '../publishing/backplane';
import type { RoomRequest } from '../auth/room-policy';
import type { StreamPosition } from '../protocol/position';
import type { JoinMeta } from './membership-change';

export interface JoinRequest extends RoomRequest {
  readonly since?: StreamPosition;
  /** What the others are shown of this connection. */
  readonly meta?: JoinMeta;
}

/** A join that is ready to be answered. */
export interface PreparedJoin {
  readonly position: StreamPosition;
  readonly recovered: boolean;
  readonly replayed: number;
  /** Right behind the reply: replays, then follows. `false`: the join was not answered, undo it. */
  follow(sent: boolean): void;
}

/** Reads a page of what a connection missed in a room: after an offset, up to a position. Empty: there is no more. */
export type Missed = (upTo: StreamPosition, after: number) => Promise<readonly StoredPublication[]>;
