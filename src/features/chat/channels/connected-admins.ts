import { Injectable, OnModuleInit } from '@nestjs/common';
import { isAdmin } from '../../../auth/room-policy';
import { Connections } from '../../../connections/connections';
import { Nodes } from '../../../nodes/nodes';
import { isUnavailable } from '../../../protocol/errors';

/** Knows who is connected as an administrator of the application, to whichever node. */
@Injectable()
export class ConnectedAdmins implements OnModuleInit {
  constructor(
    private readonly nodes: Nodes,
    private readonly connections: Connections,
  ) {}

  onModuleInit(): void {
    this.nodes.handle('count_admin_connections', ({ user }) => ({ connections: this.#count(user) }));
  }

  /** A node that does not answer is taken to have none: what it matters for is checked again with each identity. */
  async has(user: string): Promise<boolean> {
    try {
      const { answers } = await this.nodes.ask({ type: 'count_admin_connections', user });
      return [...answers.values()].some(({ connections }) => connections > 0);
    } catch (error) {
      if (isUnavailable(error)) return this.#count(user) > 0;
      throw error;
    }
  }

  #count(user: string): number {
    return [...this.connections.ofUser(user)].filter(({ identity }) => identity && isAdmin(identity)).length;
  }
}
