import { Subject } from 'rxjs';
import { Clock } from '../../../async/clock';
import type { Member } from '../../../protocol/frames';
import type { RoomName } from '../../../protocol/room-name';
import {
  LeaveReason,
  MembersPage,
  MembersRequest,
  Presence,
  PresenceChange,
  PresenceSettings,
  PresenceStore,
} from '../presence-store';
import { UserPresence } from './user-presence';

interface RoomPresence {
  /** In the order they came. */
  readonly users: Map<string, UserPresence>;
  connections: number;
}

/** Who is in the rooms of this process. Of others, a `ClusterBackplane`'s included, it knows nothing. */
export class MemoryPresence extends PresenceStore {
  readonly #rooms = new Map<RoomName, RoomPresence>();
  readonly #changes = new Subject<PresenceChange>();
  #graces: Readonly<Record<LeaveReason, number>> = { left: 0, lost: 0, drained: 0 };

  override readonly changes = this.#changes.asObservable();

  constructor(private readonly clock = new Clock()) {
    super();
  }

  override configure({ graceMs, drainedMs }: PresenceSettings): void {
    this.#graces = { left: 0, lost: graceMs, drained: drainedMs };
  }

  override join(room: RoomName, presence: Presence): void {
    const attendance = this.#rooms.get(room) ?? { users: new Map<string, UserPresence>(), connections: 0 };
    this.#rooms.set(room, attendance);
    const known = attendance.users.get(presence.userId);
    const attendee = known ?? new UserPresence(presence);
    attendee.endGrace?.();
    if (attendee.add(presence)) attendance.connections++;
    if (known) return;
    attendance.users.set(presence.userId, attendee);
    this.#tell('joined', room, presence.userId, attendee);
  }

  override leave(
    room: RoomName,
    { connectionId, userId }: Pick<Presence, 'connectionId' | 'userId'>,
    how: LeaveReason,
  ): void {
    const attendance = this.#rooms.get(room);
    const attendee = attendance?.users.get(userId);
    if (!attendance || !attendee?.remove(connectionId)) return;
    attendance.connections--;
    if (attendee.connections) return;
    if (this.#graces[how] === 0) return this.#forget(room, userId);
    attendee.endGrace = this.clock.after(this.#graces[how], () => this.#forget(room, userId));
  }

  override async members(room: RoomName, { limit, maxBytes }: MembersRequest): Promise<MembersPage> {
    const users = this.#rooms.get(room)?.users ?? new Map<string, UserPresence>();
    const members: Member[] = [];
    let bytes = 0;
    for (const [userId, attendee] of users) {
      const member = attendee.toMember(userId);
      bytes += JSON.stringify(member).length;
      if (members.length === limit || (bytes > maxBytes && members.length)) return { members, hasMore: true };
      members.push(member);
    }
    return { members, hasMore: false };
  }

  override async close(): Promise<void> {
    for (const { users } of this.#rooms.values()) for (const { endGrace } of users.values()) endGrace?.();
    this.#rooms.clear();
    this.#changes.complete();
  }

  #forget(room: RoomName, userId: string): void {
    const attendance = this.#rooms.get(room)!;
    const attendee = attendance.users.get(userId)!;
    attendance.users.delete(userId);
    this.#tell('left', room, userId, attendee);
    if (attendance.users.size === 0) this.#rooms.delete(room);
  }

  #tell(type: PresenceChange['type'], room: RoomName, userId: string, { name }: UserPresence): void {
    this.#changes.next({ type, room, userId, name, connections: this.#rooms.get(room)!.connections });
  }
}
