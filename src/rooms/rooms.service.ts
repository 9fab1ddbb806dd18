import { Injectable } from '@nestjs/common';
import { PresenceStore } from '../presence/presence-store';
import { RoomAccess } from './room-access';
import type { Connection } from '../connections/connection';
import { Connections } from '../connections/connections';
import type { ErrorCode } from '../protocol/errors';
import { RealtimeError } from '../protocol/errors';
import type { Member } from '../protocol/frames';
import { EVERYONE, RoomName, userRoom } from '../protocol/room-name';
import type { Eviction } from './joining';
import type { Room } from './room';
import { Rooms } from './rooms';

export interface Removal {
  /** @default 'forbidden' */
  readonly code?: ErrorCode;
  readonly message?: string;
}

/** The rooms, for application code: who is there, and who must go. Of this process, but for `members`. */
@Injectable()
export class RoomsService {
  constructor(
    private readonly rooms: Rooms,
    private readonly connections: Connections,
    private readonly access: RoomAccess,
    private readonly presence: PresenceStore,
  ) {}

  /**
   * The users in a room, each once, in the order they came; on all nodes that share a presence store. A user whose last
   * connection was lost a moment ago is still there, with `connections: 0`.
   * @param limit of users. @default 1000
   * @throws RealtimeError `unavailable`
   */
  async members(room: RoomName, limit = 1000): Promise<readonly Member[]> {
    return (await this.presence.members(room, { limit, maxBytes: Infinity })).members;
  }

  /** Connections in a room. */
  count(room: RoomName): number {
    return [...(this.rooms.find(room)?.present() ?? [])].length;
  }

  isMember(room: RoomName, userId: string): boolean {
    return [...this.connections.ofUser(userId)].some((connection) => this.rooms.isMember(connection, room));
  }

  /** Takes a user out of a room; each of its connections is told `room_left`. Returns how many there were. */
  removeUser(room: RoomName, userId: string, { code = 'forbidden', message }: Removal = {}): number {
    const found = this.rooms.find(room);
    if (!found) return 0;
    const eviction = { code, message: message ?? new RealtimeError(code).message };
    const connections = connectionsIn(found).filter((connection) => connection.userId === userId);
    return connections.filter((connection) => this.rooms.evict(connection, found, eviction)).length;
  }

  /** Closes every connection of a user with 4503: its client does not come back by itself. Returns how many. */
  disconnectUser(userId: string, message = 'disconnected by an administrator'): number {
    const connections = [...this.connections.ofUser(userId)];
    for (const connection of connections) connection.close('disconnected_by_admin', message);
    return connections.length;
  }

  /**
   * Asks the policy again for living memberships, of a room or of a user, and takes out those it now refuses.
   * Returns how many were taken out.
   */
  async recheck(target: { room: RoomName } | { user: string }): Promise<number> {
    this.rooms.beginRecheck();
    const verdicts = this.#memberships(target).map(async ([connection, room]) => {
      const eviction = await this.#refusal(connection, room.name);
      return eviction !== undefined && this.rooms.evict(connection, room, eviction);
    });
    return (await Promise.all(verdicts)).filter(Boolean).length;
  }

  #memberships(target: { room: RoomName } | { user: string }): [Connection, Room][] {
    if ('room' in target) {
      const room = this.rooms.find(target.room);
      return room ? connectionsIn(room).map((connection) => [connection, room]) : [];
    }
    return [...this.connections.ofUser(target.user)].flatMap((connection) =>
      this.rooms.around(connection).map((room): [Connection, Room] => [connection, room]),
    );
  }

  async #refusal(connection: Connection, room: RoomName): Promise<Eviction | undefined> {
    if (room === EVERYONE || room === userRoom(connection.userId!)) return undefined;
    try {
      await this.access.authorize(connection.identity!, 'join', room);
      return undefined;
    } catch (error) {
      if (error instanceof RealtimeError) return { code: error.code, message: error.message };
      throw error;
    }
  }
}

/** Members and those on their way in. */
function connectionsIn(room: Room): Connection[] {
  return [...room.members, ...room.joining.keys()];
}
