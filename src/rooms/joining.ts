import type { Connection } from '../connections/connection';
import type { Frame } from '../connections/frame';
import type { Eviction } from '../nodes/command';
import type { StreamPosition } from '../protocol/position';
import type { Room } from './room';
import { frameFor, RoomFrame } from './room-frame';

/**
 * A connection on its way into a room. While it reads what it missed, what is published meanwhile waits here, so that
 * none falls between. Afterwards it stays here until the room's deliveries have come to where its replay ended, so
 * that none comes twice: a stream may be read before its publications are delivered.
 */
export class Joining {
  #meanwhile: RoomFrame[] = [];
  /** Up to where it was sent the stream, which may be further than the deliveries; left out: as far as they came. */
  #sentTo: StreamPosition | undefined;
  #following = false;
  /** Whether it was a member already, and only starts over from another position. */
  readonly wasMember: boolean;
  eviction: Eviction | undefined;

  constructor(
    readonly connection: Connection,
    readonly room: Room,
    private readonly maxMeanwhile: number,
  ) {
    const earlier = room.joining.get(connection);
    this.wasMember = earlier ? earlier.isMember : room.restart(connection);
    // A join that was given up, but has not ended yet: this one takes its place, and what waits with it.
    if (earlier) {
      this.#meanwhile = earlier.#meanwhile;
      this.#sentTo = earlier.#sentTo;
    }
    room.joining.set(connection, this);
  }

  /** False when it left meanwhile, or another join took over: then there is nothing to complete or undo. */
  get isCurrent(): boolean {
    return this.room.joining.get(this.connection) === this;
  }

  get isMember(): boolean {
    return this.#following || this.wasMember;
  }

  /** Whether its join was answered. */
  get following(): boolean {
    return this.#following;
  }

  deliver(frame: RoomFrame): void {
    if (!this.#following) return this.#keep(frame);
    if (frame.offset === undefined) return this.#send([frame]);
    if (!isBehind(frame, this.#sentTo!)) this.room.add(this.connection);
  }

  /** Sends what was missed and what came meanwhile, and follows. In one turn, behind the reply to the join. */
  follow(from: StreamPosition, missed: readonly Frame[]): void {
    for (const frame of missed) this.connection.outbox.push(frame);
    this.#sentTo = from;
    this.resume();
  }

  /** Goes on from where it was sent the stream to: as a member who had not asked for anything, if the join failed. */
  resume(): void {
    const from = this.#sentTo;
    const meanwhile = this.#meanwhile;
    this.#meanwhile = [];
    if (from && this.room.position?.epoch !== from.epoch) {
      this.connection.outbox.push(this.room.reset(this.room.position!));
      return this.room.add(this.connection);
    }
    this.#send(from ? meanwhile.filter((frame) => frame.epoch === from.epoch && !isBehind(frame, from)) : meanwhile);
    if (!from || this.room.has(from)) this.room.add(this.connection);
    else this.#following = true;
  }

  #keep(frame: RoomFrame): void {
    if (this.#meanwhile.length < this.maxMeanwhile) this.#meanwhile.push(frame);
    // A join that takes this long is a slow reader's or a broken backplane's.
    else if (frame.frame.priority === 'volatile') this.connection.dropped();
    else this.connection.overflowed();
  }

  #send(frames: readonly RoomFrame[]): void {
    for (const frame of frames) {
      const own = frameFor(this.connection.userId, frame);
      if (own) this.connection.outbox.push(own.again());
    }
  }
}

/** Whether a frame is of the stream up to this position. */
function isBehind({ epoch, offset }: RoomFrame, position: StreamPosition): boolean {
  return offset !== undefined && epoch === position.epoch && offset <= position.offset;
}
