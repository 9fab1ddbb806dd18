import type { Observable } from 'rxjs';
import { AdapterFailures } from '../../logging/adapter-failures';
import type { RoomName } from '../../protocol/room-name';
import {
  LeaveReason,
  MembersPage,
  MembersRequest,
  Presence,
  PresenceChange,
  PresenceSettings,
  PresenceStore,
} from './presence-store';

/** The store of the host. Where `join` and `leave` fail, against its guarantee, that is logged; nobody else is hurt. */
export class HostPresence extends PresenceStore {
  override readonly changes: Observable<PresenceChange>;
  readonly #failures = new AdapterFailures('The presence store');

  constructor(private readonly store: PresenceStore) {
    super();
    this.changes = this.#failures.from(store.changes);
  }

  override configure(settings: PresenceSettings): void {
    this.store.configure(settings);
  }

  override join(room: RoomName, presence: Presence): void {
    this.#failures.contain(() => this.store.join(room, presence));
  }

  override leave(room: RoomName, who: Pick<Presence, 'connectionId' | 'userId'>, how: LeaveReason): void {
    this.#failures.contain(() => this.store.leave(room, who, how));
  }

  override async members(room: RoomName, request: MembersRequest): Promise<MembersPage> {
    return this.store.members(room, request);
  }

  override async close(): Promise<void> {
    await this.store.close();
  }
}
