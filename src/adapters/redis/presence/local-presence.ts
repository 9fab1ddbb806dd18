import type { RoomName } from '../../../protocol/room-name';
import type { Presence, PresenceChange } from '../../../features/presence/presence-store';
import { Semaphore } from '../../../async/semaphore';
import type { NodeName } from './node-name';
import { LocalRoom, OwnUser } from './local-room';
import type { NodeLeases } from './node-leases';
import type { Due, NextDue, Put, PresenceRecords } from './presence-records';

/** Users on their way to Redis at a time; a node that is new, or ends, would take all that Redis can do. */
const MAX_SAVING = 500;
const BATCH = 100;

/**
 * This node's part of who is where. What changes is written to Redis as it then is: a user's connections here, all of
 * them. So it may be written again whenever that could have failed, or been lost.
 */
export class LocalPresence {
  readonly #rooms = new Map<RoomName, LocalRoom>();
  readonly #due = new Set<LocalRoom>();
  readonly #unsaved = new Map<OwnUser, LocalRoom>();
  readonly #lanes = new Semaphore(MAX_SAVING);
  #turns = 0;
  #round: Iterator<LocalRoom> = this.#rooms.values();

  constructor(
    private readonly node: NodeName,
    private readonly rosters: PresenceRecords,
    private readonly registry: NodeLeases,
    /** Asked before each writing: whether this node still is what it is called. */
    private readonly isAlive: () => void | Promise<void>,
    private readonly tell: (change: PresenceChange) => void,
  ) {}

  join(name: RoomName, presence: Presence): void {
    const room = this.#open(name);
    const user = room.user(presence.userId);
    user.add(presence);
    this.#changed(room, user);
  }

  leave(name: RoomName, { connectionId, userId }: Pick<Presence, 'connectionId' | 'userId'>, graceMs: number): void {
    const room = this.#rooms.get(name);
    const user = room?.users.get(userId);
    if (!room || !user?.connections.delete(connectionId)) return;
    user.until = graceMs && Date.now() + graceMs;
    this.#changed(room, user);
  }

  /** What was done in a room before is in Redis, or failed. */
  async saved(name: RoomName): Promise<void> {
    const room = this.#rooms.get(name);
    if (room) await Promise.all(room.working);
  }

  async allSaved(): Promise<void> {
    await Promise.all([...this.#rooms.values()].flatMap(({ working }) => [...working]));
  }

  /** Writes what could not be written. */
  async saveUnsaved(): Promise<void> {
    const unsaved = [...this.#unsaved];
    this.#unsaved.clear();
    await Promise.all(unsaved.map(([user, room]) => this.#save(room, user)));
  }

  /** Redis may have lost the last of what it was told: all is written again, and what is too much there is found. */
  async restate(): Promise<void> {
    this.#changeAll();
    await this.allSaved();
    const rooms = [...this.#rooms.values()];
    while (rooms.length)
      await Promise.all(rooms.splice(0, BATCH).map((room) => this.#during(room, () => this.#check(room))));
  }

  /** Redis has lost everything: it is told anew, and nobody else is. */
  restore(): void {
    for (const room of this.#rooms.values()) {
      room.listedAs = '';
      for (const user of room.users.values()) user.restored = user.known && !user.isHere;
    }
    this.#changeAll();
  }

  /** This node was taken for dead, and its users for gone: they come anew. */
  rename(): void {
    this.node.change();
    for (const { users } of this.#rooms.values()) for (const user of users.values()) user.known = false;
    this.#changeAll();
  }

  /** Takes a dead node's connections out of a room, and sees to it that their users go when it is time. */
  takeOver(name: RoomName, dead: string, graceMs: number): Promise<void> {
    const room = this.#open(name);
    return this.#during(room, async () => {
      await this.#list(room);
      this.#expect(room, await this.rosters.reap(name, dead, graceMs));
    });
  }

  /** Tells who is gone. */
  async tellGone(mayGoOn: () => boolean): Promise<void> {
    for (;;) {
      const now = Date.now();
      const rooms = [...this.#due].filter(({ dueAt }) => dueAt <= now).slice(0, BATCH);
      if (!rooms.length || !mayGoOn()) return;
      await Promise.all(rooms.map((room) => this.#during(room, () => this.#tellGoneFrom(room))));
    }
  }

  /** Looks after some of the rooms: each has its turn once in so many calls. */
  async checkSome(calls: number): Promise<void> {
    const rooms: LocalRoom[] = [];
    for (this.#turns += this.#rooms.size / calls; this.#turns >= 1; this.#turns--) {
      let next = this.#round.next();
      if (next.done) next = (this.#round = this.#rooms.values()).next();
      if (!next.done) rooms.push(next.value);
    }
    await Promise.all(rooms.map((room) => this.#during(room, () => this.#check(room))));
  }

  #open(name: RoomName): LocalRoom {
    let room = this.#rooms.get(name);
    if (!room) this.#rooms.set(name, (room = new LocalRoom(name)));
    return room;
  }

  #changed(room: LocalRoom, user: OwnUser): void {
    user.changed = true;
    void this.#save(room, user);
  }

  #changeAll(): void {
    for (const room of this.#rooms.values()) for (const user of room.users.values()) this.#changed(room, user);
  }

  #save(room: LocalRoom, user: OwnUser): Promise<void> {
    if (user.saving) return user.saving;
    if (!user.changed) return Promise.resolve();
    user.saving = this.#during(room, () => this.#lanes.run(() => this.#write(room, user)));
    return user.saving;
  }

  /** A room is not dropped while something is done about it. */
  #during(room: LocalRoom, work: () => Promise<void>): Promise<void> {
    const working = work().finally(() => {
      room.working.delete(working);
      this.#dropIfIdle(room);
    });
    room.working.add(working);
    return working;
  }

  async #write(room: LocalRoom, user: OwnUser): Promise<void> {
    while (user.changed) {
      user.changed = false;
      try {
        await this.isAlive();
        await this.#list(room);
        this.#written(room, user, await this.rosters.put(room.name, this.node, this.#entryOf(user)));
      } catch {
        user.changed = true;
        this.#unsaved.set(user, room);
        break;
      }
    }
    user.saving = undefined;
  }

  #entryOf({ userId, name, connections, until, restored }: OwnUser) {
    // Where it ended while Redis was away the user is due, and not gone at once: everybody gets time to come back.
    const graceMs = until && Math.max(1, until - Date.now());
    return { userId, name, connections: connections.values(), graceMs, isRestored: restored };
  }

  #written(room: LocalRoom, user: OwnUser, { change, connections, nextDueMs }: Put): void {
    const { userId, name } = user;
    const isTold = change === 'left' || (change === 'joined' && !user.known);
    user.known = change !== 'left';
    user.restored = false;
    if (isTold) this.tell({ type: change, room: room.name, userId, name, connections });
    this.#expect(room, nextDueMs);
    this.#forgetGone(room, user);
  }

  /** Before the first of a room's users: when this node dies, others must find them. */
  async #list(room: LocalRoom): Promise<void> {
    const { current } = this.node;
    if (room.listedAs === current) return;
    await this.registry.addRoom(current, room.name);
    room.listedAs = current;
  }

  async #tellGoneFrom(room: LocalRoom): Promise<void> {
    room.dueAt = Infinity;
    this.#due.delete(room);
    try {
      const due = await this.rosters.due(room.name);
      for (const user of due.gone) this.#tellGone(room, user, due.connections);
      this.#expect(room, due.nextDueMs);
    } catch {
      this.#expect(room, 1000);
    }
    for (const user of room.users.values()) this.#forgetGone(room, user);
  }

  #tellGone(room: LocalRoom, { userId, name }: Due['gone'][number], connections: number): void {
    const user = room.users.get(userId);
    if (user) user.known = false;
    this.tell({ type: 'left', room: room.name, userId, name, connections });
  }

  /** Somebody may be due then. */
  #expect(room: LocalRoom, nextDueMs: NextDue): void {
    if (nextDueMs === undefined) return;
    room.dueAt = Math.min(room.dueAt, Date.now() + nextDueMs);
    this.#due.add(room);
  }

  /** A user without connections is remembered until it is gone: should Redis forget it, nobody would say so. */
  #forgetGone(room: LocalRoom, user: OwnUser): void {
    if (user.isHere || user.changed) return;
    const left = user.until - Date.now();
    if (user.known && left > 0) this.#expect(room, left);
    else room.users.delete(user.userId);
  }

  async #check(room: LocalRoom): Promise<void> {
    // What is under way would look like a difference.
    if (room.working.size || this.#rooms.get(room.name) !== room) return;
    room.listedAs = '';
    await this.#list(room);
    const found = await this.rosters.check(room.name, this.node, room.usersHere);
    if (!found) return;
    for (const userId of found) room.user(userId);
    for (const user of room.users.values()) this.#changed(room, user);
  }

  #dropIfIdle(room: LocalRoom): void {
    if (room.users.size || room.working.size || room.dueAt < Infinity) return;
    if (!this.#rooms.delete(room.name)) return;
    // Where this fails somebody finds nothing to do in this room.
    if (room.listedAs) this.registry.removeRooms(room.listedAs, room.name).catch(() => undefined);
  }
}
