import { Batch } from '../connections/batch';
import type { Connection } from '../connections/connection';
import { TextFrame } from '../connections/frame';
import { nextMessageId } from '../protocol/message-id';
import { timestamp } from '../async/timestamp';
import type { Source, WriteScheduler } from '../connections/write-scheduler';
import type { Delivery } from '../publishing/backplane';
import { encodeFrame } from '../protocol/codec';
import type { StreamPosition } from '../protocol/position';
import type { RoomName } from '../protocol/room-name';
import type { PendingJoin } from './pending-join';
import { frameFor, RoomFrame, toRoomFrame } from './room-frame';
import type { Senders } from './senders';

/** A connection on its way into a room. */
export type RoomJoin = PendingJoin<Room>;

/** A room with members on this node. Publications of one turn are joined once and shared by all of them. */
export class Room implements Source {
  /** Who gets every delivery. */
  readonly members = new Set<Connection>();
  /** Connections that read, or were just sent, what they missed: deliveries reach them one by one. */
  readonly joining = new Map<Connection, RoomJoin>();
  /** Resolves when this node gets the room's publications; gone from then on. */
  ready: Promise<void> | undefined;
  /** Up to where the stream was delivered here. */
  position: StreamPosition | undefined;
  /** Who said how much here lately; from when the first of them did. */
  senders: Senders | undefined;
  #pending: RoomFrame[] = [];

  constructor(
    readonly name: RoomName,
    private readonly turn: WriteScheduler,
    subscribed: Promise<StreamPosition>,
  ) {
    this.ready = subscribed.then((end) => {
      this.ready = undefined;
      // A delivery may have overtaken the answer; one of an earlier subscription may be behind it. Of two epochs nobody
      // knows the newer: with the delivery's, whoever is wrong is told so by the next delivery.
      if (!this.position || (this.position.epoch === end.epoch && !this.has(end))) this.position = end;
    });
  }

  get empty(): boolean {
    return this.members.size === 0 && this.joining.size === 0;
  }

  /** Connections in it, those on their way in included. */
  get size(): number {
    return this.members.size + this.joining.size;
  }

  /** Connections that are in it: not those whose first join is under way. */
  *present(): Iterable<Connection> {
    yield* this.members;
    for (const joining of this.joining.values()) if (joining.isMember) yield joining.connection;
  }

  /** Whether the room's deliveries have come this far. */
  has({ epoch, offset }: StreamPosition): boolean {
    return this.position?.epoch === epoch && offset <= this.position.offset;
  }

  /** Passes on what is new. Where the stream was renewed, or a delivery is missing, the members are told before. */
  deliver(delivery: Delivery): void {
    const { epoch, offset } = delivery;
    if (offset !== undefined) {
      if (this.has({ epoch, offset })) return;
      const before = { epoch, offset: offset - 1 };
      if (this.position && !this.has(before)) this.restartFrom(before);
      this.position = { epoch, offset };
    }
    this.#pass(toRoomFrame(delivery));
  }

  /** The room can be followed only from here on: whoever follows it loads its state anew. */
  restartFrom(position: StreamPosition): void {
    this.position = position;
    this.#pass({ frame: this.reset(position), ...position });
  }

  /** The stream goes on under another epoch, from where it was delivered to here. */
  renew(position: StreamPosition, left: number): void {
    const before = this.position;
    if (before && before.offset !== position.offset) return this.restartFrom(position);
    this.position = position;
    if (!before) return;
    const frame = { frame: this.renewal(position), ...position };
    this.turn.sequence(frame.frame);
    this.#share(frame);
    for (const joining of [...this.joining.values()]) joining.renew(frame, before.epoch, left);
  }

  /** Lets a connection follow from here: what was published before does not reach it. */
  add(connection: Connection): void {
    if (this.#pending.length) this.turn.flush();
    this.joining.delete(connection);
    this.members.add(connection);
  }

  /** Takes a member out to join it again: what was published before is on its way to it. */
  restart(connection: Connection): boolean {
    if (!this.members.has(connection)) return false;
    if (this.#pending.length) this.turn.flush();
    return this.members.delete(connection);
  }

  /** Takes a connection out: what was published before is on its way to it. */
  remove(connection: Connection): void {
    if (this.#pending.length && !connection.closed) this.turn.flush();
    this.members.delete(connection);
    this.joining.delete(connection);
  }

  /** The frame that tells a client to load its state anew, from this position on. */
  reset(position: StreamPosition): TextFrame {
    const data = { room: this.name, ...position };
    return new TextFrame(encodeFrame('room_reset', data, nextMessageId(), timestamp()), 'room_reset');
  }

  /** The frame that tells a client which epoch its position is of now. */
  renewal(position: StreamPosition): TextFrame {
    const data = { room: this.name, ...position };
    return new TextFrame(encodeFrame('room_renewed', data, nextMessageId(), timestamp()), 'room_renewed');
  }

  distribute(): Batch[] {
    const pending = this.#pending;
    this.#pending = [];
    const batch = new Batch(pending.map(({ frame }) => frame));
    const exceptions = exceptionsTo(pending);
    for (const member of this.members) {
      member.outbox.share(exceptions?.get(member.userId!) ?? batch);
    }
    return exceptions ? [batch, ...exceptions.values()] : [batch];
  }

  #pass(frame: RoomFrame): void {
    this.turn.sequence(frame.frame);
    if (frame.omitted) frame.omitted.seq = frame.frame.seq;
    for (const joining of this.joining.values()) joining.deliver(frame);
    this.#share(frame);
  }

  #share(frame: RoomFrame): void {
    if (this.members.size === 0) return;
    this.#pending.push(frame);
    if (this.#pending.length === 1) this.turn.schedule(this);
  }
}

/** The batches of users who get something else than the rest. */
function exceptionsTo(pending: readonly RoomFrame[]): Map<string, Batch> | undefined {
  if (!pending.some(({ exceptUser }) => exceptUser !== undefined)) return undefined;
  const users = new Set(pending.flatMap(({ exceptUser }) => exceptUser ?? []));
  return new Map(
    Array.from(users, (user) => [user, new Batch(pending.flatMap((frame) => frameFor(user, frame) ?? []))]),
  );
}
