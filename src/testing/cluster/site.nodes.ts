import type { NodeCommand } from '../../nodes/command';
import { NodeResponses, Nodes, NodeResult, toAsked } from '../../nodes/nodes';

/** What nodes of one test do for each other. What they ask travels as JSON, as it does between processes. */
export class SiteNodes extends Nodes {
  constructor(
    override readonly name: string,
    private readonly living: Set<SiteNodes>,
  ) {
    super();
  }

  override async open(): Promise<void> {
    this.living.add(this);
  }

  override async ask<Command extends NodeCommand>(command: Command): Promise<NodeResponses<Command['type']>> {
    const outcomes = [this, ...this.#others].map(async (node) => [node.name, await node.#obey(command)] as const);
    return toAsked(await Promise.all(outcomes));
  }

  override tell(command: NodeCommand): void {
    for (const node of [this, ...this.#others]) void node.#obey(command);
  }

  override async list(): Promise<readonly string[]> {
    return Array.from(this.living, ({ name }) => name);
  }

  override async close(): Promise<void> {
    this.living.delete(this);
  }

  /** Who is gone itself reaches nobody. */
  get #others(): SiteNodes[] {
    return this.living.has(this) ? [...this.living].filter((node) => node !== this) : [];
  }

  #obey(command: NodeCommand): Promise<NodeResult> {
    return this.perform(JSON.parse(JSON.stringify(command)) as NodeCommand);
  }
}
