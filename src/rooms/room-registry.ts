import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Subject } from 'rxjs';
import { READS, RoomAction } from '../auth/room-policy';
import { Backplane } from '../publishing/backplane';
import type { Connection } from '../connections/connection';
import { Connections } from '../connections/connections';
import { WriteScheduler } from '../connections/write-scheduler';
import type { Eviction } from '../nodes/command';
import { RealtimeError } from '../protocol/errors';
import { EVERYONE, isRoomName, RoomName, roomKind, ROOM_NAME_RULE, userRoom } from '../protocol/room-name';
import { mapMaybePromise } from '../async/maybe-promise';
import { invalid } from '../gateway/validation/frame.pipe';
import { RoomsOptions } from './rooms.options';
import { RoomKinds } from './room-kinds';
import { OutboxOptions } from '../connections/outbox.options';
import { PendingJoin } from './pending-join';
import { sendMissed } from './catch-up';
import { Replays } from './replays';
import { Room, RoomJoin } from './room';
import type { JoinRequest, Missed, PreparedJoin } from './join';
import type { JoinMeta, Left, MembershipChange } from './membership-change';
import { RoomAccess } from './room-access';
import { SenderLimit } from './sender-limit';

const NOTHING = (): void => undefined;

/** The rooms of this node: created at the first join, gone with the last leave. */
@Injectable()
export class RoomRegistry implements OnApplicationBootstrap {
  readonly #logger = new Logger('RealtimeModule');
  readonly #rooms = new Map<RoomName, Room>();
  /** The rooms each connection is in. */
  readonly #joined = new Map<Connection, Set<Room>>();
  /** The joins of each connection that are not answered yet. */
  readonly #entering = new Map<Connection, Set<RoomJoin>>();
  readonly #moves = new Subject<MembershipChange>();
  /** Counts the rechecks: what a policy was asked before the last one may be out of date. */
  #rechecks = 0;

  /** Who came into which room, and who is not there any more; not of the rooms the server keeps a connection in. */
  readonly membershipChanges = this.#moves.asObservable();

  constructor(
    private readonly backplane: Backplane,
    private readonly access: RoomAccess,
    private readonly options: RoomsOptions,
    private readonly kinds: RoomKinds,
    private readonly outbox: OutboxOptions,
    private readonly turn: WriteScheduler,
    private readonly connections: Connections,
    private readonly senders: SenderLimit,
    private readonly replays: Replays,
  ) {}

  onApplicationBootstrap(): void {
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
    const rooms = new Set(this.#joined.get(connection));
    for (const joining of this.#entering.get(connection) ?? []) if (joining.isCurrent) rooms.add(joining.room);
    return [...rooms];
  }

  /** Before memberships are checked again: joins that have asked the policy, but are not under way yet, ask once more. */
  beginRecheck(): void {
    this.#rechecks++;
  }

  /** Before what a client says is stored or published. @throws RealtimeError `rate_limited` as `Backplane.checkShare` */
  checkShare(user: string): void {
    this.backplane.checkShare(user);
  }

  /**
   * Whether a connection may do this in a room a frame names. What a member says there is charged to its user.
   * @throws RealtimeError `validation_failed`, `not_member`, `rate_limited`, `forbidden` and the policy's other codes
   */
  authorize(connection: Connection, action: RoomAction, room: unknown): void | Promise<void> {
    if (!isRoomName(room)) throw invalid([{ field: 'room', message: `must be ${ROOM_NAME_RULE}` }]);
    return mapMaybePromise(this.access.authorize(connection.identity!, action, room), () => {
      if (action === 'join') return;
      if (!this.isMember(connection, room)) return this.access.authorizeNonMember(connection.identity!, action, room);
      if (!READS.has(action)) this.senders.charge(connection, this.#rooms.get(room)!);
    });
  }

  /**
   * Puts a connection into a room the server keeps it in. Before, it is sent what it missed, page by page as its socket
   * takes them; what is published meanwhile comes behind.
   */
  async admit(connection: Connection, name: RoomName, missed?: Missed): Promise<void> {
    const joining = this.#begin(connection, this.#open(name));
    try {
      if (joining.room.ready) await joining.room.ready;
      const position = joining.room.position!;
      if (missed) await sendMissed(joining, position, missed);
      this.#complete(joining, () => joining.follow(position, []));
    } catch (error) {
      this.#undo(joining);
      throw error;
    }
  }

  /**
   * @throws RealtimeError `forbidden` and the policy's other codes, `limit_exceeded`, `room_full`, `unavailable`;
   * `rate_limited` where too many replays of the user wait
   */
  async join(connection: Connection, name: RoomName, request: JoinRequest): Promise<PreparedJoin> {
    await this.#authorizeJoin(connection, name, request);
    const leave = request.since ? await this.replays.enter(connection) : NOTHING;
    let joining: RoomJoin | undefined;
    try {
      this.#checkLimits(connection, name);
      joining = this.#begin(connection, this.#open(name));
      if (joining.room.ready) await joining.room.ready;
      return await this.#prepare(joining, request, leave);
    } catch (error) {
      if (joining) this.#undo(joining);
      leave();
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
    const { maxPerConnection } = this.options;
    if (this.#own(connection).length >= maxPerConnection) {
      throw new RealtimeError('limit_exceeded', `A connection may be in ${maxPerConnection} rooms. Leave one first.`);
    }
    const maxMembers = this.kinds.maxMembersOf(roomKind(name));
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

  #begin(connection: Connection, room: Room): RoomJoin {
    const joining = new PendingJoin(connection, room, this.outbox);
    this.#entering.set(connection, (this.#entering.get(connection) ?? new Set()).add(joining));
    return joining;
  }

  /** The join was answered, or failed. */
  #entered(joining: RoomJoin): void {
    const entering = this.#entering.get(joining.connection);
    entering?.delete(joining);
    if (!entering?.size) this.#entering.delete(joining.connection);
  }

  /** @param leave frees the replay's place, when it was sent or is not to be */
  async #prepare(joining: RoomJoin, { since, meta }: JoinRequest, leave: () => void): Promise<PreparedJoin> {
    const { sent, frames, more, ...answer } = await this.replays.begin(joining, since);
    const follow = (answered: boolean): void => {
      if (!answered) this.#undo(joining);
      else this.#complete(joining, () => joining.follow(sent, frames, more), meta);
      if (joining.isBehind) void this.replays.sendRest(joining).finally(leave);
      else leave();
    };
    return { ...answer, follow };
  }

  #complete(joining: RoomJoin, follow: () => void, meta?: JoinMeta): void {
    this.#entered(joining);
    const { connection, room, eviction } = joining;
    if (connection.closed) return this.#undo(joining);
    if (eviction) return this.#turnOut(connection, room, eviction);
    follow();
    const joined = this.#joined.get(connection);
    if (joined) joined.add(room);
    else this.#joined.set(connection, new Set([room]));
    if (this.#isKept(connection, room.name)) return;
    this.#moves.next({ type: 'joined', connection, room: room.name, again: joining.wasMember, meta });
  }

  /** The join failed: a member goes on as if nothing had been. */
  #undo(joining: RoomJoin): void {
    this.#entered(joining);
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
    (async () => this.backplane.unsubscribe(room.name))().catch((error: unknown) => {
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
