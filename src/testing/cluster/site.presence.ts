import { Subject } from 'rxjs';
import type { MemoryPresence } from '../../features/presence/memory/memory.presence';
import type {
  LeaveReason,
  MembersPage,
  MembersRequest,
  Presence,
  PresenceChange,
  PresenceSettings,
} from '../../features/presence/presence-store';
import { PresenceStore } from '../../features/presence/presence-store';
import type { RoomName } from '../../protocol/room-name';

/** Who is in the rooms of all nodes of a test. Of each change the node is told that has been there longest. */
export class SiteAttendance {
  readonly #nodes = new Set<Subject<PresenceChange>>();

  constructor(readonly memory: MemoryPresence) {
    memory.changes.subscribe((change) => [...this.#nodes][0]?.next(change));
  }

  enter(changes: Subject<PresenceChange>): void {
    this.#nodes.add(changes);
  }

  exit(changes: Subject<PresenceChange>): void {
    this.#nodes.delete(changes);
  }
}

/** One node's end of it: with the node its connections are gone, as if each of them had been lost. */
export class SitePresence extends PresenceStore {
  readonly #changes = new Subject<PresenceChange>();
  readonly #here = new Map<string, { readonly room: RoomName; readonly presence: Presence }>();
  #gone = false;

  override readonly changes = this.#changes.asObservable();

  constructor(private readonly attendance: SiteAttendance) {
    super();
    attendance.enter(this.#changes);
  }

  override configure(settings: PresenceSettings): void {
    this.attendance.memory.configure(settings);
  }

  override join(room: RoomName, presence: Presence): void {
    if (this.#gone) return;
    this.#here.set(keyOf(room, presence.connectionId), { room, presence });
    this.attendance.memory.join(room, presence);
  }

  override leave(room: RoomName, who: Pick<Presence, 'connectionId' | 'userId'>, how: LeaveReason): void {
    if (this.#here.delete(keyOf(room, who.connectionId))) this.attendance.memory.leave(room, who, how);
  }

  override async members(room: RoomName, request: MembersRequest): Promise<MembersPage> {
    return this.attendance.memory.members(room, request);
  }

  override async close(): Promise<void> {
    if (this.#gone) return;
    this.#gone = true;
    this.attendance.exit(this.#changes);
    for (const { room, presence } of this.#here.values()) this.leave(room, presence, 'lost');
    this.#changes.complete();
  }
}

/** No room's name has a space in it. */
function keyOf(room: RoomName, connectionId: string): string {
  return `${room} ${connectionId}`;
}
