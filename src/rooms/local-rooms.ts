import { Injectable } from '@nestjs/common';
import type { Connection } from '../connections/connection';
import { Connections } from '../connections/connections';
import type { ConnectionsOf, Eviction } from '../nodes/command';
import { RealtimeError } from '../protocol/errors';
import { EVERYONE, RoomName, userRoom } from '../protocol/room-name';
import { RoomAccess } from './room-access';
import type { Room } from './room';
import { Rooms } from './rooms';

/** What is done to the connections of this process: each method returns to how many. */
@Injectable()
export class LocalRooms {
  constructor(
    private readonly rooms: Rooms,
    private readonly connections: Connections,
    private readonly access: RoomAccess,
  ) {}

  count({ room, user }: ConnectionsOf): number {
    if (room === undefined) return user === undefined ? this.connections.size : this.connections.ofUser(user).size;
    const present = [...(this.rooms.find(room)?.present() ?? [])];
    return present.filter((connection) => user === undefined || connection.userId === user).length;
  }

  /** Takes a user's connections out of a room, those on their way in, too. */
  remove(room: RoomName, user: string, eviction: Eviction): number {
    return this.#evict(room, ({ userId }) => userId === user, eviction);
  }

  /** Takes everybody out of a room. */
  empty(room: RoomName, eviction: Eviction): number {
    return this.#evict(room, () => true, eviction);
  }

  disconnect(user: string, message: string): number {
    const connections = [...this.connections.ofUser(user)];
    for (const connection of connections) connection.close('disconnected_by_admin', message);
    return connections.length;
  }

  /** Rejects with what the policy throws, when all have been asked about: of whom nothing can be said now stays. */
  async recheck(target: ConnectionsOf): Promise<number> {
    this.rooms.beginRecheck();
    const verdicts = this.#memberships(target).map(async ([connection, room]) => {
      const eviction = await this.#refusal(connection, room.name);
      return eviction !== undefined && this.rooms.evict(connection, room, eviction);
    });
    const settled = await Promise.allSettled(verdicts);
    const failed = settled.find((each) => each.status === 'rejected');
    if (failed) throw failed.reason;
    return settled.filter((each) => each.status === 'fulfilled' && each.value).length;
  }

  #evict(room: RoomName, isMeant: (connection: Connection) => boolean, eviction: Eviction): number {
    const found = this.rooms.find(room);
    if (!found) return 0;
    const connections = connectionsIn(found).filter(isMeant);
    return connections.filter((connection) => this.rooms.evict(connection, found, eviction)).length;
  }

  #memberships({ room, user }: ConnectionsOf): [Connection, Room][] {
    if (room !== undefined) {
      const found = this.rooms.find(room);
      const connections = found ? connectionsIn(found) : [];
      return connections
        .filter(({ userId }) => user === undefined || userId === user)
        .map((connection) => [connection, found!]);
    }
    const connections = user === undefined ? this.connections : this.connections.ofUser(user);
    return [...connections].flatMap((connection) =>
      this.rooms.around(connection).map((each): [Connection, Room] => [connection, each]),
    );
  }

  async #refusal(connection: Connection, room: RoomName): Promise<Eviction | undefined> {
    if (room === EVERYONE || room === userRoom(connection.userId!)) return undefined;
    try {
      await this.access.authorize(connection.identity!, 'join', room);
      return undefined;
    } catch (error) {
      if (!(error instanceof RealtimeError) || error.code === 'unavailable') throw error;
      return { code: error.code, message: error.message };
    }
  }
}

/** Members and those on their way in. */
function connectionsIn(room: Room): Connection[] {
  return [...room.members, ...room.joining.keys()];
}
