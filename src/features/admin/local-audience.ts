import { Injectable, OnModuleInit } from '@nestjs/common';
import type { Connection } from '../../connections/connection';
import { Connections } from '../../connections/connections';
import type { AudienceHere } from '../../nodes/admin-command';
import { Nodes } from '../../nodes/nodes';
import { RealtimeError } from '../../protocol/errors';
import type { RoomName } from '../../protocol/room-name';
import { RoomAccess } from '../../rooms/room-access';
import { RoomRegistry } from '../../rooms/room-registry';

/** For so many a policy is asked: it may have to look each up. */
const MAX_ASKED = 1000;

/** Who would get a publication on this node, for whichever node asks. */
@Injectable()
export class LocalAudience implements OnModuleInit {
  constructor(
    private readonly nodes: Nodes,
    private readonly connections: Connections,
    private readonly rooms: RoomRegistry,
    private readonly access: RoomAccess,
  ) {}

  onModuleInit(): void {
    this.nodes.handle('explain_room', ({ room, user }) => this.#explain(room, user));
  }

  async #explain(room: RoomName, user: string | undefined): Promise<AudienceHere> {
    const members = [...(this.rooms.find(room)?.present() ?? [])];
    const asked = members.slice(0, MAX_ASKED);
    const refusals = await Promise.all(asked.map((connection) => this.#refusal(connection, room)));
    return {
      receivers: members.length,
      slow: members.filter(({ outbox }) => outbox.depth > 0).length,
      refused: refusals.filter(Boolean).length,
      ...(user === undefined ? {} : { user: await this.#explainUser(room, user) }),
    };
  }

  async #explainUser(room: RoomName, user: string): Promise<AudienceHere['user']> {
    const connections = [...this.connections.ofUser(user)];
    const joined = connections.filter((connection) => this.rooms.isMember(connection, room)).length;
    return {
      connections: connections.length,
      joined,
      ...(connections.length ? { refusal: await this.#refusal(connections[0], room) } : {}),
    };
  }

  /** What the policy says against it now. */
  async #refusal({ identity }: Connection, room: RoomName): Promise<string | undefined> {
    try {
      await this.access.authorize(identity!, 'join', room);
      return undefined;
    } catch (error) {
      if (!(error instanceof RealtimeError) || error.code === 'unavailable') throw error;
      return error.code;
    }
  }
}
