import { Injectable } from '@nestjs/common';
import type { NodeAnswers, NodeCommand } from '../../nodes/command';
import { AskOptions, Nodes } from '../../nodes/nodes';

/** What all nodes said. */
export interface Told<Answer> {
  /** By the nodes' names. */
  readonly answers: ReadonlyMap<string, Answer>;
  /** Those that did not answer in time, or could not. */
  readonly unanswered: readonly string[];
}

/** Asks all nodes, this one among them. */
@Injectable()
export class Cluster {
  constructor(private readonly nodes: Nodes) {}

  /** @throws RealtimeError `unavailable` when the others cannot be reached; and what failed on this node */
  async ask<Command extends NodeCommand>(
    command: Command,
    options?: AskOptions,
  ): Promise<Told<NodeAnswers[Command['type']]>> {
    const { answers, failures, unanswered } = await this.nodes.ask(command, options);
    const own = failures.get(this.nodes.name);
    if (own) throw own;
    return { answers, unanswered: [...unanswered, ...failures.keys()] };
  }
}
