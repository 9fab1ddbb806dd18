import { Injectable } from '@nestjs/common';
import { setImmediate } from 'node:timers/promises';
import { isAdmin } from '../auth/room-policy';
import type { Identity } from '../auth/identity';
import type { Connection } from '../connections/connection';
import { Connections } from '../connections/connections';
import type { ConnectionsOf, Eviction } from '../nodes/command';
import { inOwnContext } from '../async/own-context';
import { RealtimeError } from '../protocol/errors';
import { EVERYONE, RoomName, userRoom } from '../protocol/room-name';
import { RoomAccess } from './room-access';
import type { Room } from './room';
import { RoomRegistry } from './room-registry';

type Membership = readonly [connection: Connection, room: Room];

/** So many memberships are asked about at a time. */
const RECHECKS = 32;
const BETWEEN_PAUSES = 10;

/** What is done to the connections of this process: each method returns to how many. */
@Injectable()
export class NodeMemberships {
  constructor(
    private readonly rooms: RoomRegistry,
    private readonly connections: Connections,
    private readonly access: RoomAccess,
  ) {}

  count({ room, user }: ConnectionsOf): number {
    if (room === undefined) return user === undefined ? this.connections.size : this.connections.ofUser(user).size;
    const present = [...(this.rooms.find(room)?.present() ?? [])];
    return present.filter((connection) => user === undefined || connection.userId === user).length;
  }

  /** Takes a user's connections out of a room, those on their way in, too. */
  remove(room: RoomName, user: string, eviction: Eviction, { spareAdmins = false } = {}): number {
    const spared = ({ identity }: Connection): boolean => spareAdmins && isAdmin(identity!);
    return this.#evict(room, (connection) => connection.userId === user && !spared(connection), eviction);
  }

  /** Takes everybody out of a room. */
  empty(room: RoomName, eviction: Eviction): number {
    return this.#evict(room, () => true, eviction);
  }

  /** Closes the connections of these identities, whoever they are. */
  disconnectAll(isMeant: (identity: Identity) => boolean, message: string): number {
    return close(this.connections, isMeant, message);
  }

  /** @param jti closes only connections whose token has this claim */
  disconnect(user: string, message: string, jti?: string): number {
    return close(this.connections.ofUser(user), ({ claims }) => jti === undefined || claims?.jti === jti, message);
  }

  /** Rejects with what the policy throws, when all have been asked about: of whom nothing can be said now stays. */
  async recheck(target: ConnectionsOf): Promise<number> {
    this.rooms.beginRecheck();
    const memberships = this.#memberships(target);
    const results = await Promise.allSettled(Array.from({ length: RECHECKS }, () => this.#recheckEach(memberships)));
    const failed = results.find((each) => each.status === 'rejected');
    if (failed) throw failed.reason;
    return results.reduce((sum, each) => sum + (each.status === 'fulfilled' ? each.value : 0), 0);
  }

  /** One after the other, of those nobody else has taken. Rejects at the end with what failed first. */
  async #recheckEach(memberships: Iterator<Membership>): Promise<number> {
    let evicted = 0;
    let failure: { readonly error: unknown } | undefined;
    for (let next = memberships.next(), n = 1; !next.done; next = memberships.next(), n++) {
      try {
        if (await this.#recheckOne(next.value)) evicted++;
      } catch (error) {
        failure ??= { error };
      }
      // A policy that answers at once would not let anybody else go on meanwhile.
      if (n % BETWEEN_PAUSES === 0) await setImmediate();
    }
    if (failure) throw failure.error;
    return evicted;
  }

  async #recheckOne([connection, room]: Membership): Promise<boolean> {
    const eviction = await this.#refusal(connection, room.name);
    return eviction !== undefined && this.rooms.evict(connection, room, eviction);
  }

  #evict(room: RoomName, isMeant: (connection: Connection) => boolean, eviction: Eviction): number {
    const found = this.rooms.find(room);
    if (!found) return 0;
    const connections = connectionsIn(found).filter(isMeant);
    return connections.filter((connection) => this.rooms.evict(connection, found, eviction)).length;
  }

  /** Looked up as they are asked about, connection by connection. */
  *#memberships({ room, user }: ConnectionsOf): Generator<Membership> {
    const found = room === undefined ? undefined : this.rooms.find(room);
    if (room !== undefined && !found) return;
    const everybody = found ? connectionsIn(found) : [...this.connections];
    for (const connection of user === undefined ? everybody : [...this.connections.ofUser(user)]) {
      for (const each of this.rooms.around(connection)) if (!found || each === found) yield [connection, each];
    }
  }

  async #refusal(connection: Connection, room: RoomName): Promise<Eviction | undefined> {
    if (room === EVERYONE || room === userRoom(connection.userId!)) return undefined;
    try {
      // The policy is asked about this user, whoever asked for the recheck, and on whichever node.
      await inOwnContext(() => this.access.authorize(connection.identity!, 'join', room));
      return undefined;
    } catch (error) {
      if (!(error instanceof RealtimeError) || error.code === 'unavailable') throw error;
      return { code: error.code, message: error.message };
    }
  }
}

function close(among: Iterable<Connection>, isMeant: (identity: Identity) => boolean, message: string): number {
  const connections = [...among].filter(({ identity }) => identity && isMeant(identity));
  for (const connection of connections) connection.close('disconnected_by_admin', message);
  return connections.length;
}

/** Members and those on their way in. */
function connectionsIn(room: Room): Connection[] {
  return [...room.members, ...room.joining.keys()];
}
