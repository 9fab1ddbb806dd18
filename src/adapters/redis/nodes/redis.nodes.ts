import { Logger } from '@nestjs/common';
import { join } from 'node:path';
import { Subject, Subscription } from 'rxjs';
import { inOwnContext } from '../../../async/own-context';
import { RealtimeError } from '../../../protocol/errors';
import type { RedisConnections } from '../redis-connections';
import { Script } from '../script';
import type { Listener } from '../subscriber';
import type { NodeCommand } from '../../../nodes/command';
import { NodeResponses, AskOptions, Nodes, NodeResult, toAsked } from '../../../nodes/nodes';
import { PendingRequests } from './pending-requests';
import { decodeAnswered, decodeHeard, encodeAnswered, encodeSaid, Said } from './message';
import { RedisNodesOptions, resolveNodes } from './redis-nodes.options';
import { uniqueId } from '../../../protocol/unique-id';

const file = (name: string): string => join(__dirname, name);
const BEAT = new Script(2, file('nodes.lua'), file('beat.lua'));
const TELL = new Script(2, file('nodes.lua'), file('tell.lua'));
const ANSWER = new Script(1, file('answer.lua'));

/**
 * Nodes that share a Redis. Each says that it lives, every third of its lease; commands go over one channel to all,
 * answers over a channel of the node that asked. Commands are numbered: who misses one notices with the next, or when
 * its lost connection is back.
 *
 * Limits. A command is 64 KiB at most, an answer 1 MiB. While Redis is away each node does its own part only, and what
 * it could not say then the others learn to have `missed`; unless it dies before Redis is back.
 */
export class RedisNodes extends Nodes {
  override readonly name: string;
  override readonly gaps;
  readonly #logger = new Logger('RedisNodes');
  readonly #missed = new Subject<void>();
  readonly #options: ReturnType<typeof resolveNodes>;
  readonly #asks: PendingRequests;
  readonly #keys: readonly [alive: string, commands: string];
  readonly #verb: string;
  /** Up to which command this node has heard all. */
  #heard: { epoch: string; number: number } | undefined;
  /** Something could not be said. */
  #unsaid = false;
  /** Commands of other nodes being done here. */
  #doing = 0;
  #listening = false;
  #beating: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #subscription: Subscription | undefined;
  #closed = false;

  /**
   * @param redis connections; they end with whoever made them, after this is closed
   * @throws Error for options that cannot work
   */
  constructor(
    private readonly redis: RedisConnections,
    options: RedisNodesOptions = {},
  ) {
    super();
    this.#options = resolveNodes(options);
    this.name = `${this.#options.name}-${uniqueId(6)}`;
    this.gaps = this.#missed.asObservable();
    this.#asks = new PendingRequests(this.#options.maxPending);
    this.#keys = [redis.key('nodes', ':alive'), redis.key('nodes', ':commands')];
    this.#verb = redis.sharded ? 'SPUBLISH' : 'PUBLISH';
    redis.define(BEAT, TELL, ANSWER);
  }

  /** Resolves when the others know of this node; or, while Redis is away, when it is known that they do not. */
  override async open(): Promise<void> {
    this.#timer = setInterval(() => void this.#beat(), this.#options.leaseMs / 3).unref();
    await this.#beat();
    this.#subscription = this.redis.state.subscribe((state) => {
      if (state === 'connected') void this.#beat();
    });
  }

  override async ask<Command extends NodeCommand>(
    command: Command,
    { timeoutMs = this.#options.timeoutMs }: AskOptions = {},
  ): Promise<NodeResponses<Command['type']>> {
    const own = this.perform(command);
    const ask = this.#asks.begin(timeoutMs);
    this.#say({ from: this.name, command, ask: ask.id }).then(
      (nodes) => ask.expect(nodes.filter((node) => node !== this.name)),
      (error: unknown) => ask.fail(error),
    );
    const [outcome, others] = await Promise.all([own, ask.settled]);
    return toAsked([[this.name, outcome], ...others.outcomes], others.unanswered);
  }

  override tell(command: NodeCommand): void {
    void this.perform(command);
    this.#say({ from: this.name, command }).catch((error: unknown) => {
      this.#logger.debug(`The command ${command.type} could not be sent to the other nodes: ${String(error)}`);
    });
  }

  override list(): Promise<readonly string[]> {
    return this.#run('');
  }

  override async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#subscription?.unsubscribe();
    this.#asks.close();
    await this.#beating;
    const channels = [this.#keys[1], this.#channelOf(this.name)];
    await Promise.all([
      // Where this fails it drops out with its lease.
      this.redis.run(BEAT, ...this.#keys, uniqueId(12), this.name, 0).catch(() => undefined),
      ...channels.map((channel) => this.redis.subscriber.unsubscribe(channel)),
    ]);
    this.#missed.complete();
  }

  async #say(said: Said): Promise<readonly string[]> {
    const text = encodeSaid(said);
    try {
      return await this.#run(text);
    } catch (error) {
      this.#unsaid = true;
      throw error;
    }
  }

  async #run(text: string): Promise<readonly string[]> {
    if (this.#closed) throw new RealtimeError('unavailable', 'This node has shut down.');
    const nodes = await this.redis.run<Buffer[]>(TELL, ...this.#keys, uniqueId(12), this.#verb, text);
    return nodes.map(String);
  }

  /** Says that this node lives; what fails is tried again with the next beat. */
  #beat(): Promise<void> {
    return (this.#beating ??= this.#live()
      .catch((error: unknown) => this.#logger.debug(`The lease of this node could not be renewed: ${String(error)}`))
      .finally(() => (this.#beating = undefined)));
  }

  async #live(): Promise<void> {
    if (!this.#listening) await this.#listen();
    const now = await this.#register();
    this.#heard ??= now;
    if (!this.#unsaid) return;
    this.#unsaid = false;
    await this.#say({ from: this.name });
  }

  /** Before it is in the list: whoever is in it hears what is said. */
  async #listen(): Promise<void> {
    await this.redis.subscribe(this.#channelOf(this.name), this.#answers);
    await this.redis.subscribe(this.#keys[1], this.#commands);
    this.#listening = true;
  }

  async #register(): Promise<{ epoch: string; number: number }> {
    const given = [uniqueId(12), this.name, this.#options.leaseMs];
    const [epoch, number] = await this.redis.run<[Buffer, number]>(BEAT, ...this.#keys, ...given);
    return { epoch: epoch.toString(), number };
  }

  readonly #commands: Listener = {
    message: (bytes) => {
      const heard = decodeHeard(bytes);
      if (!heard || this.#closed) return;
      this.#follow(heard.epoch, heard.number - 1, heard.number);
      if (heard.said) this.#hear(heard.said);
    },
    regained: async () => {
      if (this.#closed) return;
      const { epoch, number } = await this.#register();
      this.#follow(epoch, number, number);
    },
  };

  readonly #answers: Listener = {
    message: (bytes) => {
      const answered = decodeAnswered(bytes);
      if (answered) this.#asks.answer(answered);
    },
    regained: async () => undefined,
  };

  /** What comes now has `number`; all up to `before` should have been heard. */
  #follow(epoch: string, before: number, number: number): void {
    const known = this.#heard;
    const isSame = known?.epoch === epoch;
    this.#heard = { epoch, number: isSame ? Math.max(known.number, number) : number };
    if (known && !(isSame && before <= known.number)) this.#missed.next();
  }

  #hear(said: Said): void {
    if (said.from === this.name) return;
    const { command } = said;
    if (command) void inOwnContext(() => this.#obey(said, command));
    else this.#missed.next();
  }

  async #obey({ from, ask }: Said, command: NodeCommand): Promise<void> {
    const outcome = await this.#do(command);
    if (ask === undefined || this.#closed) return;
    const text = this.#encode(ask, outcome);
    // Who gets no answer says so.
    await this.redis.run(ANSWER, this.#channelOf(from), this.#verb, text).catch(() => undefined);
  }

  async #do(command: NodeCommand): Promise<NodeResult> {
    if (this.#doing >= this.#options.maxPending) return { failed: new RealtimeError('unavailable', 'It is busy.') };
    this.#doing++;
    const outcome = await this.perform(command);
    this.#doing--;
    return outcome;
  }

  #encode(ask: number, outcome: NodeResult): string {
    try {
      return encodeAnswered({ node: this.name, ask, outcome });
    } catch (error) {
      this.#logger.error(
        'A response to another node cannot be encoded as JSON',
        error instanceof Error ? error.stack : undefined,
      );
      return encodeAnswered({ node: this.name, ask, outcome: { failed: new RealtimeError('processing_error') } });
    }
  }

  #channelOf(node: string): string {
    return this.redis.key('nodes', `:answers:${node}`);
  }
}
