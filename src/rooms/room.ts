import { Batch } from '../connections/batch';
import type { Connection } from '../connections/connection';
import { Frame, framedBytes, textFrame } from '../connections/frame';
import { timestamp } from '../connections/timestamp';
import type { Source, Turn } from '../connections/turn';
import type { Delivery } from '../backplane/backplane';
import { encodeFrame, endPublication } from '../protocol/codec';
import type { StreamPosition } from '../protocol/position';
import type { RoomName } from '../protocol/room-name';
import type { Joining } from './joining';

/** One publication as this room's members get it. */
export interface RoomFrame {
  readonly frame: Frame;
  readonly offset?: number;
  /** This user gets `omitted` instead. */
  readonly exceptUser?: string;
  readonly omitted?: Frame;
}

/** A room with members on this node. Publications of one turn are joined once and shared by all of them. */
export class Room implements Source {
  readonly members = new Set<Connection>();
  /** Connections that are still reading what they missed. */
  readonly joining = new Set<Joining>();
  /** Resolves when this node gets the room's publications. */
  readonly ready: Promise<void>;
  /** Where the stream stood at the last delivery. */
  position: StreamPosition | undefined;
  #pending: RoomFrame[] = [];

  constructor(
    readonly name: RoomName,
    private readonly turn: Turn,
    subscribed: Promise<StreamPosition>,
  ) {
    this.ready = subscribed.then((position) => {
      this.position ??= position;
    });
  }

  get empty(): boolean {
    return this.members.size === 0 && this.joining.size === 0;
  }

  /** Connections in it, those on their way in included. */
  get size(): number {
    return this.members.size + this.joining.size;
  }

  deliver(delivery: Delivery): void {
    const { epoch, offset } = delivery;
    if (offset !== undefined) this.position = { epoch, offset };
    const frame = toRoomFrame(delivery);
    this.turn.stamp(frame.frame);
    if (frame.omitted) frame.omitted.seq = frame.frame.seq;
    for (const joining of this.joining) joining.meanwhile(frame);
    if (this.members.size === 0) return;
    this.#pending.push(frame);
    if (this.#pending.length === 1) this.turn.addSource(this);
  }

  /** Lets a connection follow from here: what was published before does not reach it. */
  add(connection: Connection): void {
    if (this.#pending.length) this.turn.flush();
    this.members.add(connection);
  }

  /** Takes a member out to join it again: what was published before is on its way to it. */
  restart(connection: Connection): boolean {
    if (this.#pending.length) this.turn.flush();
    return this.members.delete(connection);
  }

  /** Takes a connection out: what was published before and is not yet sent does not reach it any more. */
  remove(connection: Connection): boolean {
    return this.members.delete(connection);
  }

  distribute(): void {
    const pending = this.#pending;
    this.#pending = [];
    const batch = new Batch(pending.map(({ frame }) => frame));
    const exceptions = exceptionsTo(pending);
    for (const member of this.members) {
      member.outbox.share(exceptions?.get(member.userId!) ?? batch);
    }
  }
}

/** The batches of users who get something else than the rest. */
function exceptionsTo(pending: readonly RoomFrame[]): Map<string, Batch> | undefined {
  const users = new Set(pending.flatMap(({ exceptUser }) => exceptUser ?? []));
  if (!users.size) return undefined;
  return new Map(
    Array.from(users, (user) => [user, new Batch(pending.flatMap((frame) => frameFor(user, frame) ?? []))]),
  );
}

/** What a user gets of a publication: itself; for the one it excepts the note that keeps offsets dense, or nothing. */
export function frameFor(userId: string | undefined, { frame, exceptUser, omitted }: RoomFrame): Frame | undefined {
  return exceptUser !== undefined && exceptUser === userId ? omitted : frame;
}

export function toRoomFrame({ room, offset, publication }: Delivery, priority?: 'replay'): RoomFrame {
  const frame = new Frame(framedBytes(publication.body, endPublication(offset)), priority ?? publication.delivery);
  const { exceptUser, id } = publication;
  if (exceptUser === undefined) return { frame, offset };
  if (offset === undefined) return { frame, exceptUser };
  const text = encodeFrame('omitted', {}, id, timestamp()).slice(0, -1);
  const omitted = new Frame(
    textFrame(`${text},"room":${JSON.stringify(room)}${endPublication(offset)}`),
    frame.priority,
  );
  return { frame, offset, exceptUser, omitted };
}
