import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { RoomAction, RoomRequest } from '../auth/room-policy';
import { Backplane, Publication, StoredPublication, StreamGap } from '../backplane/backplane';
import type { Connection } from '../connections/connection';
import { Connections } from '../connections/connections';
import type { Frame } from '../connections/frame';
import { Traffic } from '../connections/traffic';
import { Turn } from '../connections/turn';
import type { Eviction } from '../nodes/command';
import { RealtimeError } from '../protocol/errors';
import type { StreamPosition } from '../protocol/position';
import { EVERYONE, isRoomName, RoomName, roomKind, ROOM_NAME_RULE, userRoom } from '../protocol/room-name';
import { chain } from '../gateway/chain';
import { invalid } from '../gateway/frame.pipe';
import { RealtimeOptions } from '../realtime.options';
import { Joining } from './joining';
import { Room } from './room';
import type { JoinMeta, Left, Move } from './move';
import { RoomAccess } from './room-access';
import { toReplay } from './room-frame';

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

/** What a connection missed in a room up to a position; what comes after follows by itself. */
export type Missed = (upTo: StreamPosition) => Promise<readonly StoredPublication[]>;

/** The rooms of this node: created at the first join, gone with the last leave. */
@Injectable()
export class Rooms implements OnApplicationBootstrap {
  readonly #logger = new Logger('RealtimeModule');
  readonly #rooms = new Map<RoomName, Room>();
  /** The rooms each connection is in. */
  readonly #joined = new Map<Connection, Set<Room>>();
  readonly #moves = new Subject<Move>();
  /** Counts the rechecks: what a policy was asked before the last one may be out of date. */
  #rechecks = 0;

  /** Who came into which room, and who is not there any more; not of the rooms the server keeps a connection in. */
  readonly moves = this.#moves.asObservable();

  constructor(
    private readonly backplane: Backplane,
    private readonly access: RoomAccess,
    private readonly options: RealtimeOptions,
    private readonly turn: Turn,
    private readonly traffic: Traffic,
    private readonly connections: Connections,
  ) {}

  onApplicationBootstrap(): void {
    this.backplane.deliveries.subscribe((delivery) => {
      const room = this.#rooms.get(delivery.room);
      if (!room) return;
      this.traffic.publications++;
      this.traffic.deliveries += room.members.size;
      room.deliver(delivery);
    });
    this.backplane.resets.subscribe(({ room, position }) => {
      // Nobody follows what goes to everyone by its position.
      if (room !== EVERYONE) this.#rooms.get(room)?.restartFrom(position);
    });
    this.connections.closed.subscribe(({ connection, code }) => this.#leaveAll(connection, String(code)));
  }

  find(name: RoomName): Room | undefined {
    return this.#rooms.get(name);
  }

  get names(): IterableIterator<RoomName> {
    return this.#rooms.keys();
  }

  /** The rooms a connection joined: not the ones the server keeps it in. */
  of(connection: Connection): RoomName[] {
    return this.#own(connection).map(({ name }) => name);
  }

  isMember(connection: Connection, name: RoomName): boolean {
    const room = this.#rooms.get(name);
    return room !== undefined && this.#isIn(connection, room);
  }

  /** The rooms a connection is in, or on its way into. */
  around(connection: Connection): Room[] {
    return [...this.#rooms.values()].filter((room) => room.joining.has(connection) || this.#isIn(connection, room));
  }

  /** Before memberships are checked again: joins that have asked the policy, but are not under way yet, ask once more. */
  beginRecheck(): void {
    this.#rechecks++;
  }

  publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    return this.traffic.published(this.backplane.publish(room, publication));
  }

  /**
   * Whether a connection may do this in a room a frame names.
   * @throws RealtimeError `validation_failed`, `not_member` to publish, `forbidden` and the policy's other codes
   */
  authorize(connection: Connection, action: RoomAction, room: unknown): void | Promise<void> {
    if (!isRoomName(room)) throw invalid([{ field: 'room', message: `must be ${ROOM_NAME_RULE}` }]);
    return chain(this.access.authorize(connection.identity!, action, room), () => {
      if (action !== 'publish' || this.isMember(connection, room)) return;
      throw new RealtimeError('not_member', `Join ${room} first.`);
    });
  }

  /** Puts a connection into a room the server keeps it in, where it first gets what `missed` has for it. */
  async admit(connection: Connection, name: RoomName, missed?: Missed): Promise<void> {
    const joining = this.#begin(connection, this.#open(name));
    try {
      if (joining.room.ready) await joining.room.ready;
      const position = joining.room.position!;
      const publications = (await missed?.(position)) ?? [];
      const replay = publications.map((publication) => toReplay(name, publication, connection.userId));
      this.#complete(joining, position, replay);
    } catch (error) {
      this.#undo(joining);
      throw error;
    }
  }

  /** @throws RealtimeError `forbidden` and the policy's other codes, `limit_exceeded`, `room_full`, `unavailable` */
  async join(connection: Connection, name: RoomName, request: JoinRequest): Promise<PreparedJoin> {
    await this.#authorizeJoin(connection, name, request);
    this.#checkLimits(connection, name);
    const joining = this.#begin(connection, this.#open(name));
    try {
      if (joining.room.ready) await joining.room.ready;
      return await this.#prepare(joining, request);
    } catch (error) {
      this.#undo(joining);
      throw error;
    }
  }

  /** @throws RealtimeError `not_member`; `forbidden` for the rooms the server keeps a connection in */
  leave(connection: Connection, name: RoomName): void {
    if (this.#isKept(connection, name)) {
      throw new RealtimeError('forbidden', "A connection stays in its user's own room. Close it instead.");
    }
    const room = this.#rooms.get(name);
    if (!room || !this.#isIn(connection, room)) throw new RealtimeError('not_member', `You are not in ${name}.`);
    this.#remove(connection, room, { cause: 'left' });
  }

  /**
   * Takes a connection out of a room, and tells it why; one that is just joining, when its join has been answered.
   * False when it is not there any more.
   */
  evict(connection: Connection, room: Room, eviction: Eviction): boolean {
    const joining = room.joining.get(connection);
    if (joining && !joining.following) {
      joining.eviction = eviction;
      return true;
    }
    if (!this.#isIn(connection, room)) return false;
    this.#turnOut(connection, room, eviction);
    return true;
  }

  async #authorizeJoin(connection: Connection, name: RoomName, request: JoinRequest): Promise<void> {
    let rechecks: number;
    do {
      rechecks = this.#rechecks;
      await this.access.authorize(connection.identity!, 'join', name, request);
    } while (rechecks !== this.#rechecks);
  }

  #checkLimits(connection: Connection, name: RoomName): void {
    const room = this.#rooms.get(name);
    if (room && (this.#isIn(connection, room) || room.joining.has(connection))) return;
    const { maxPerConnection } = this.options.rooms;
    if (this.#own(connection).length >= maxPerConnection) {
      throw new RealtimeError('limit_exceeded', `A connection may be in ${maxPerConnection} rooms. Leave one first.`);
    }
    const maxMembers = this.options.maxMembersOf(roomKind(name));
    if ((room?.size ?? 0) >= maxMembers) {
      throw new RealtimeError('room_full', `${name} is full: it takes ${maxMembers} connections.`);
    }
  }

  /** A room that is not there yet is subscribed to; one that could not be is gone again. */
  #open(name: RoomName): Room {
    let room = this.#rooms.get(name);
    if (!room) {
      room = new Room(name, this.turn, this.backplane.subscribe(name));
      this.#rooms.set(name, room);
    }
    return room;
  }

  #begin(connection: Connection, room: Room): Joining {
    return new Joining(connection, room, this.options.outbox.maxFrames);
  }

  async #prepare(joining: Joining, { since, meta }: JoinRequest): Promise<PreparedJoin> {
    const { room, connection } = joining;
    const missed = since && (await this.#missed(room.name, since));
    const replay = missed?.map((publication) => toReplay(room.name, publication, connection.userId)) ?? [];
    const position = missed ? { epoch: since.epoch, offset: since.offset + missed.length } : room.position!;
    const follow = (sent: boolean): void => {
      if (sent) this.#complete(joining, position, replay, meta);
      else this.#undo(joining);
    };
    return { position, recovered: missed !== undefined, replayed: replay.length, follow };
  }

  async #missed(room: RoomName, since: StreamPosition): Promise<readonly StoredPublication[] | undefined> {
    if (this.options.historyOf(roomKind(room)).maxPublications === 0) return undefined;
    try {
      return await this.backplane.read(room, since);
    } catch (error) {
      if (error instanceof StreamGap) return undefined;
      throw error;
    }
  }

  #complete(joining: Joining, from: StreamPosition, missed: readonly Frame[], meta?: JoinMeta): void {
    const { connection, room, eviction } = joining;
    if (connection.closed) return this.#undo(joining);
    if (eviction) return this.#turnOut(connection, room, eviction);
    joining.follow(from, missed);
    const joined = this.#joined.get(connection);
    if (joined) joined.add(room);
    else this.#joined.set(connection, new Set([room]));
    if (this.#isKept(connection, room.name)) return;
    this.#moves.next({ type: 'joined', connection, room: room.name, again: joining.wasMember, meta });
  }

  /** The join failed: a member goes on as if nothing had been. */
  #undo(joining: Joining): void {
    const { connection, room, eviction } = joining;
    if (!joining.isCurrent) return;
    if (!joining.wasMember || connection.closed) return this.#remove(connection, room, { cause: 'closed' });
    if (eviction) return this.#turnOut(connection, room, eviction);
    joining.resume();
  }

  #turnOut(connection: Connection, room: Room, eviction: Eviction): void {
    this.#remove(connection, room, { cause: 'evicted', code: eviction.code });
    connection.send('room_left', { room: room.name, ...eviction });
  }

  #remove(connection: Connection, room: Room, why: Pick<Left, 'cause' | 'code'>): void {
    const wasIn = this.#joined.get(connection)?.delete(room);
    room.remove(connection);
    this.#closeIfEmpty(room);
    if (!wasIn || this.#isKept(connection, room.name)) return;
    this.#moves.next({ type: 'left', connection, room: room.name, ...why });
  }

  #leaveAll(connection: Connection, code: string): void {
    for (const room of this.#joined.get(connection) ?? []) this.#remove(connection, room, { cause: 'closed', code });
    this.#joined.delete(connection);
  }

  #closeIfEmpty(room: Room): void {
    if (!room.empty || this.#rooms.get(room.name) !== room) return;
    this.#rooms.delete(room.name);
    this.backplane.unsubscribe(room.name).catch((error: unknown) => {
      this.#logger.warn(`${room.name} could not be unsubscribed: ${String(error)}`);
    });
  }

  #isIn(connection: Connection, room: Room): boolean {
    return this.#joined.get(connection)?.has(room) ?? false;
  }

  #own(connection: Connection): Room[] {
    return [...(this.#joined.get(connection) ?? [])].filter(({ name }) => !this.#isKept(connection, name));
  }

  #isKept(connection: Connection, name: RoomName): boolean {
    return name === EVERYONE || name === userRoom(connection.userId!);
  }
}
