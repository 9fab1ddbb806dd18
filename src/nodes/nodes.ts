import { Logger } from '@nestjs/common';
import { NEVER, Observable } from 'rxjs';
import { RealtimeError } from '../protocol/errors';
import type { CommandOf, NodeAnswers, NodeCommand, NodeCommandType } from './command';

/** What a node does with a command. */
export type NodeHandler<Type extends NodeCommandType> = (
  command: CommandOf<Type>,
) => NodeAnswers[Type] | Promise<NodeAnswers[Type]>;

/** What became of a command on one node. */
export type NodeResult = { readonly done: unknown } | { readonly failed: Error };

/** What became of a command on all nodes, by their names. */
export interface NodeResponses<Type extends NodeCommandType> {
  readonly answers: ReadonlyMap<string, NodeAnswers[Type]>;
  /** Those that could not do it. `unknown_type`: a node of another version, which has no such command. */
  readonly failures: ReadonlyMap<string, Error>;
  /** Those that did not answer in time: they may have done it, or do it later. */
  readonly unanswered: readonly string[];
}

export interface AskOptions {
  /** How long the other nodes may take, milliseconds. @default what the adapter was given */
  readonly timeoutMs?: number;
}

/**
 * The nodes that serve clients, this one among them, and what they do for each other.
 *
 * Guarantees: this node does a command at once, in the turn it is called in, whatever becomes of the others; each of the
 * others does it at most once. A node that did not hear what was said says so by `missed`. One that ended has left the
 * list; one that died drops out of it after a while.
 */
export abstract class Nodes {
  readonly #logger = new Logger('RealtimeModule');
  readonly #handlers = new Map<string, (command: never) => unknown>();

  /** This node's: no other has the same. */
  abstract readonly name: string;
  /** Other nodes may have said something that was not heard here. Also when they could not say it. */
  readonly gaps: Observable<void> = NEVER;

  /** Says what this node does with a command; before it is `open`. */
  handle<Type extends NodeCommandType>(type: Type, handler: NodeHandler<Type>): void {
    this.#handlers.set(type, handler);
  }

  /**
   * Has all nodes do something, and waits for what they say to it: for this one however long it takes, for the others
   * until their time is over.
   * @throws RealtimeError `unavailable` when the others cannot be reached: it was done here
   */
  abstract ask<Command extends NodeCommand>(
    command: Command,
    options?: AskOptions,
  ): Promise<NodeResponses<Command['type']>>;

  /** Has all nodes do something, and waits for none. Where they cannot be reached they learn that they `missed` it. */
  abstract tell(command: NodeCommand): void;

  /** The names of the living nodes, and of those that died a moment ago. @throws RealtimeError `unavailable` */
  abstract list(): Promise<readonly string[]>;

  /** Joins the others. Called once, at boot. */
  async open(): Promise<void> {}

  /** Leaves the others. Called once, at shutdown. */
  async close(): Promise<void> {}

  /** Runs the handler at once. Never rejects: who asked is told, and the log where only it can say more. */
  protected async perform(command: NodeCommand): Promise<NodeResult> {
    const handler = this.#handlers.get(command.type);
    if (!handler) return { failed: new RealtimeError('unknown_type', `${this.name} does not know this command.`) };
    try {
      return { done: await handler(command as never) };
    } catch (error) {
      if (error instanceof RealtimeError) return { failed: error };
      this.#logger.error(`The node command ${command.type} failed`, error instanceof Error ? error.stack : error);
      return { failed: error instanceof Error ? error : new Error(String(error)) };
    }
  }
}

/** @param outcomes by the nodes' names */
export function toAsked<Type extends NodeCommandType>(
  outcomes: Iterable<readonly [node: string, outcome: NodeResult]>,
  unanswered: readonly string[] = [],
): NodeResponses<Type> {
  const answers = new Map<string, NodeAnswers[Type]>();
  const failures = new Map<string, Error>();
  for (const [node, outcome] of outcomes) {
    if ('failed' in outcome) failures.set(node, outcome.failed);
    else answers.set(node, outcome.done as NodeAnswers[Type]);
  }
  return { answers, failures, unanswered };
}
