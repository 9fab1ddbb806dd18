import type { NodeCommand } from './command';
import { NodeResponses, Nodes, toAsked } from './nodes';

/** A node that knows of no other. */
export class OneNode extends Nodes {
  override readonly name = 'this';

  override async ask<Command extends NodeCommand>(command: Command): Promise<NodeResponses<Command['type']>> {
    return toAsked([[this.name, await this.perform(command)]]);
  }

  override tell(command: NodeCommand): void {
    void this.perform(command);
  }

  override async list(): Promise<readonly string[]> {
    return [this.name];
  }
}
