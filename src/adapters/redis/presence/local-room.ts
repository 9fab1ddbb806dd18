import type { RoomName } from '../../../protocol/room-name';
import type { Presence } from '../../../features/presence/presence-store';

/** A user in a room, as far as it is this node's concern. */
export class OwnUser {
  readonly connections = new Map<string, Presence>();
  name: string | undefined;
  /** Without a connection: until when it is still there, milliseconds since 1970; 0: it left. */
  until = 0;
  /** Redis has known that it is there, and whoever is in the room was told. */
  known = false;
  /** Redis has lost that it is still there. */
  restored = false;
  /** Something has changed that Redis was not told. */
  changed = false;
  saving: Promise<void> | undefined;

  constructor(readonly userId: string) {}

  get isHere(): boolean {
    return this.connections.size > 0;
  }

  add(presence: Presence): void {
    const earlier = this.connections.get(presence.connectionId);
    // While it had no connection another node may have said that it is gone.
    if (!this.isHere) this.known = false;
    this.name = presence.name;
    this.connections.set(presence.connectionId, { ...presence, joinedAt: earlier?.joinedAt ?? presence.joinedAt });
  }
}

/** A room in which this node has connections, or in which it waits for users to be gone. */
export class LocalRoom {
  readonly users = new Map<string, OwnUser>();
  /** What is being done about it in Redis. */
  readonly working = new Set<Promise<void>>();
  /** The name of this node under which the room is in its list of rooms. */
  listedAs = '';
  /** When to look who is gone, milliseconds since 1970. */
  dueAt = Infinity;

  constructor(readonly name: RoomName) {}

  get usersHere(): number {
    let count = 0;
    for (const user of this.users.values()) if (user.isHere) count++;
    return count;
  }

  user(userId: string): OwnUser {
    let user = this.users.get(userId);
    if (!user) this.users.set(userId, (user = new OwnUser(userId)));
    return user;
  }
}
