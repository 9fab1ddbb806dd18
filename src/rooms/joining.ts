import type { Connection } from '../connections/connection';
import { Frame } from '../connections/frame';
import type { StreamPosition } from '../protocol/position';
import { frameFor, Room, RoomFrame } from './room';

/** Why a connection was taken out of a room by the server. */
export interface Eviction {
  readonly code: string;
  readonly message: string;
}

/** A connection that is reading what it missed: what is published meanwhile waits here, so that none falls between. */
export class Joining {
  readonly #meanwhile: RoomFrame[] = [];
  /** Whether it was a member already, and only starts over from another position. */
  readonly #wasMember: boolean;
  eviction: Eviction | undefined;

  constructor(
    readonly connection: Connection,
    readonly room: Room,
    private readonly maxMeanwhile: number,
  ) {
    this.#wasMember = room.restart(connection);
    room.joining.add(this);
  }

  /** The join failed: a member goes on as if nothing had been; true if it was none. */
  undo(): boolean {
    if (!this.#wasMember || this.connection.closed) return true;
    this.#send(this.#meanwhile);
    this.room.add(this.connection);
    return false;
  }

  meanwhile(frame: RoomFrame): void {
    this.#meanwhile.push(frame);
    // A join that takes this long is a slow reader's or a broken backplane's.
    if (this.#meanwhile.length > this.maxMeanwhile) this.connection.close('slow_consumer');
  }

  /** Sends what was missed and what came meanwhile, and follows. In one turn, behind the reply to the join. */
  follow(from: StreamPosition, missed: readonly RoomFrame[]): void {
    this.#send(missed);
    this.#send(this.#meanwhile.filter(({ offset }) => offset === undefined || offset > from.offset));
    this.room.add(this.connection);
  }

  #send(frames: readonly RoomFrame[]): void {
    for (const frame of frames) {
      const own = frameFor(this.connection.userId, frame);
      if (own) this.connection.outbox.push(new Frame(own.bytes, own.priority));
    }
  }
}
