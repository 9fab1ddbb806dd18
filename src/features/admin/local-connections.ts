import { Injectable, OnModuleInit } from '@nestjs/common';
import type { Connection } from '../../connections/connection';
import { Connections } from '../../connections/connections';
import type { ConnectionHere } from '../../nodes/admin-command';
import type { CommandOf } from '../../nodes/command';
import { Nodes } from '../../nodes/nodes';
import type { RoomName } from '../../protocol/room-name';
import { RoomRegistry } from '../../rooms/room-registry';
import { firstOf } from './first-of';
import { includes } from './includes';

const MAX_ROOMS = 100;

/** The connections of this node, for whichever node asks. */
@Injectable()
export class LocalConnections implements OnModuleInit {
  constructor(
    private readonly nodes: Nodes,
    private readonly connections: Connections,
    private readonly rooms: RoomRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.handle('list_connections', (wanted) => ({ connections: this.#list(wanted) }));
    this.nodes.handle('disconnect_room', ({ room, message }) => ({ connections: close(this.#in(room), message) }));
    this.nodes.handle('disconnect_connection', ({ connection, message }) => ({
      connections: close([...this.connections].filter(({ id }) => id === connection).slice(0, 1), message),
    }));
  }

  #list(wanted: CommandOf<'list_connections'>): ConnectionHere[] {
    return firstOf(this.#matching(wanted), ({ id }) => id, wanted).map((connection) => this.#describe(connection));
  }

  *#matching({ user, room, address, search }: CommandOf<'list_connections'>): Iterable<Connection> {
    for (const connection of user === undefined ? this.connections : this.connections.ofUser(user)) {
      if (room !== undefined && !this.rooms.isMember(connection, room)) continue;
      if (address !== undefined && connection.client.address !== address) continue;
      if (search === undefined || isAbout(connection, search)) yield connection;
    }
  }

  #in(room: RoomName): Connection[] {
    return [...(this.rooms.find(room)?.present() ?? [])];
  }

  #describe(connection: Connection): ConnectionHere {
    const { id, identity, client: origin } = connection;
    return {
      id,
      user_id: identity?.userId,
      name: identity?.name,
      address: origin.address,
      user_agent: origin.userAgent,
      connected_at: new Date(connection.connectedAt).toISOString(),
      last_seen_at: new Date(connection.lastSeenAt).toISOString(),
      received: connection.messagesReceived,
      sent: connection.messagesSent,
      errors: connection.errors,
      waiting: connection.outbox.depth,
      subprotocol: connection.binary ? 'msgpack' : 'json',
      rooms: this.rooms.of(connection).slice(0, MAX_ROOMS),
    };
  }
}

function isAbout({ id, identity, client: origin }: Connection, search: string): boolean {
  return [id, identity?.userId, identity?.name, origin.address].some((text) => includes(text, search));
}

function close(connections: readonly Connection[], message: string): number {
  for (const connection of connections) connection.close('disconnected_by_admin', message);
  return connections.length;
}
