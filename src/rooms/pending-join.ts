import type { StoredPublication } from '../publishing/backplane';
import type { Connection } from '../connections/connection';
import type { Frame } from '../connections/frame';
import type { OutboxLimits } from '../connections/send-queue';
import type { Eviction } from '../nodes/command';
import type { StreamPosition } from '../protocol/position';
import type { RoomName } from '../protocol/room-name';
import { frameFor, RoomFrame, toReplays } from './room-frame';

/** What was `before` goes on as `epoch`, as far as it is `left`. */
interface Renewal {
  readonly before: string;
  readonly epoch: string;
  readonly left: number;
}

/** A room, as one who joins sees it. */
export interface JoinTarget<Room extends JoinTarget<Room>> {
  readonly name: RoomName;
  readonly joining: Map<Connection, PendingJoin<Room>>;
  readonly position: StreamPosition | undefined;
  has(position: StreamPosition): boolean;
  add(connection: Connection): void;
  restart(connection: Connection): boolean;
  reset(position: StreamPosition): Frame;
  renewal(position: StreamPosition): Frame;
}

/**
 * A connection on its way into a room. While it reads what it missed, what is published meanwhile waits here, so that
 * none falls between. Afterwards it stays here until the room's deliveries have come to where its replay ended, so
 * that none comes twice: a stream may be read before its publications are delivered.
 */
export class PendingJoin<Room extends JoinTarget<Room>> {
  #meanwhile: RoomFrame[] = [];
  #meanwhileBytes = 0;
  /** Up to where it was sent the stream, which may be further than the deliveries; left out: as far as they came. */
  #sentTo: StreamPosition | undefined;
  #following = false;
  #renewal: Renewal | undefined;
  /** It was sent a part of what it missed: what is delivered now it is sent out of the stream. */
  #catchingUp = false;
  /** Whether it was a member already, and only starts over from another position. */
  readonly wasMember: boolean;
  eviction: Eviction | undefined;

  constructor(
    readonly connection: Connection,
    readonly room: Room,
    private readonly meanwhileLimits: OutboxLimits,
  ) {
    const earlier = room.joining.get(connection);
    this.wasMember = earlier ? earlier.isMember : room.restart(connection);
    // A join that was given up, but has not ended yet: this one takes its place, and what waits with it.
    if (earlier) {
      this.#meanwhile = earlier.#meanwhile;
      this.#meanwhileBytes = earlier.#meanwhileBytes;
      this.#sentTo = earlier.#sentTo;
      this.#catchingUp = earlier.#catchingUp;
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

  /** Up to where it was sent the stream. */
  get sentTo(): StreamPosition | undefined {
    return this.#sentTo;
  }

  /** Whether it is still to be sent pages of the stream. */
  get isBehind(): boolean {
    return this.#catchingUp && this.isCurrent && !this.connection.closed;
  }

  /** A position in the room's epoch now; undefined where the stream does not go on from there. */
  inPresentEpoch(position: StreamPosition): StreamPosition | undefined {
    const { epoch } = this.room.position!;
    if (position.epoch === epoch) return position;
    const renewal = this.#renewal;
    const goesOn = renewal?.before === position.epoch && renewal.epoch === epoch && position.offset <= renewal.left;
    return goesOn ? { epoch, offset: position.offset } : undefined;
  }

  /** Sends what was missed, before it follows. */
  sendMissed(publications: readonly StoredPublication[]): void {
    const { connection, room } = this;
    for (const frame of toReplays(room.name, publications, connection.userId)) connection.outbox.push(frame);
  }

  deliver(frame: RoomFrame): void {
    if (!this.#following) return this.#keep(frame);
    if (this.#catchingUp) return this.#passOver(frame);
    if (frame.offset === undefined) return this.#send([frame]);
    if (!isBehind(frame, this.#sentTo!)) this.room.add(this.connection);
  }

  /**
   * Sends what was missed and what came meanwhile, and follows. In one turn, behind the reply to the join.
   * @param more the rest of what was missed comes page by page, and with it what is published until it was sent
   */
  follow(from: StreamPosition, missed: readonly Frame[], more = false): void {
    this.#push(from, missed);
    this.#catchingUp = more;
    if (!more) return this.resume();
    this.#following = true;
    this.#meanwhile = this.#meanwhile.filter(({ offset }) => offset === undefined);
    if (this.room.position?.epoch !== this.#sentTo!.epoch) this.giveUp();
  }

  /** Sends some more of what was missed; it follows as soon as it has been sent all that was delivered here. */
  sendPage(page: readonly StoredPublication[]): void {
    const { connection, room } = this;
    if (!page.length) return this.giveUp();
    const { epoch } = this.#sentTo!;
    this.#push({ epoch, offset: page.at(-1)!.offset }, toReplays(room.name, page, connection.userId));
    if (!room.has(this.#sentTo!) || room.position!.offset === this.#sentTo!.offset) {
      this.#catchingUp = false;
      this.resume();
    }
  }

  /** What was missed cannot be sent: the client is told to load its state anew, and follows from here. */
  giveUp(): void {
    this.#catchingUp = false;
    this.#takeMeanwhile();
    this.connection.outbox.push(this.room.reset(this.room.position!));
    this.room.add(this.connection);
  }

  /** The room's stream goes on under another epoch. What was delivered so far is a part of it. */
  renew(frame: RoomFrame, before: string, left: number): void {
    const { epoch } = frame;
    this.#renewal = { before, epoch, left };
    if (this.#sentTo) this.#sentTo = this.#renewed(this.#sentTo);
    if (this.#following && !this.#catchingUp) return this.resume();
    this.#meanwhile = this.#meanwhile.map((each) => (each.epoch === before ? { ...each, epoch } : each));
    if (!this.#following) return this.#keep(frame);
    if (this.#sentTo!.epoch !== epoch) this.giveUp();
  }

  /** Goes on from where it was sent the stream to: as a member who had not asked for anything, if the join failed. */
  resume(): void {
    const from = this.#sentTo;
    if (this.#catchingUp || (from && this.room.position?.epoch !== from.epoch)) return this.giveUp();
    const meanwhile = this.#takeMeanwhile();
    this.#send(from ? meanwhile.filter((frame) => frame.epoch === from.epoch && !isBehind(frame, from)) : meanwhile);
    if (!from || this.room.has(from)) this.room.add(this.connection);
    else this.#following = true;
  }

  /** A position of the epoch before is one of this epoch, unless what came up to there was lost. */
  #renewed(position: StreamPosition): StreamPosition {
    if (!this.#renewal) return position;
    const { before, epoch, left } = this.#renewal;
    if (position.epoch !== before || position.offset > left) return position;
    const renewed = { epoch, offset: position.offset };
    this.connection.outbox.push(this.room.renewal(renewed));
    return renewed;
  }

  /** What has a place in the stream comes out of it. */
  #passOver(frame: RoomFrame): void {
    if (frame.epoch !== this.#sentTo!.epoch) {
      this.#catchingUp = false;
      return this.room.add(this.connection);
    }
    if (frame.offset === undefined) this.#keep(frame);
  }

  #push(upTo: StreamPosition, frames: readonly Frame[]): void {
    for (const frame of frames) this.connection.outbox.push(frame);
    this.#sentTo = this.#renewed(upTo);
  }

  #takeMeanwhile(): RoomFrame[] {
    const meanwhile = this.#meanwhile;
    this.#meanwhile = [];
    this.#meanwhileBytes = 0;
    return meanwhile;
  }

  #keep(frame: RoomFrame): void {
    const { maxFrames, maxBytes } = this.meanwhileLimits;
    const bytes = this.#meanwhileBytes + frame.frame.length;
    if (this.#meanwhile.length < maxFrames && bytes <= maxBytes) {
      this.#meanwhileBytes = bytes;
      this.#meanwhile.push(frame);
    }
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
