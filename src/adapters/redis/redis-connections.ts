import { Logger } from '@nestjs/common';
import { ReplyError } from 'ioredis';
import { join } from 'node:path';
import { BehaviorSubject, distinctUntilChanged } from 'rxjs';
import { RealtimeError } from '../../protocol/errors';
import { inOwnContext } from '../../async/own-context';
import { PendingCalls } from './pending-calls';
import { ClusterDeployment } from './cluster.deployment';
import type { Deployment } from './deployment';
import type { LinkEvents } from './link';
import { RedisConnectionsOptions, resolveRedis, ResolvedRedisOptions } from './redis.options';
import { Script } from './script';
import { SingleDeployment } from './single.deployment';
import { Subscriber } from './subscriber';
import { uniqueId } from '../../protocol/unique-id';

/** `degraded`: some of it does not answer. Calls are refused as `unavailable`, and it is connected to again. */
export type RedisState = 'connected' | 'degraded';

type Run = (...args: (string | number | Buffer)[]) => Promise<unknown>;

const ROUND_MS = 5 * 60_000;
const MARK = new Script(1, join(__dirname, 'lineage.lua'), join(__dirname, 'token.lua'));
/** A node that has a key no more, or not yet. A call among many on their way together is not sent on by itself. */
const ELSEWHERE = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN) /;

/**
 * This process' connections to Redis, for all who need them: one for commands, one that listens (on a cluster, one each
 * per node), and the prefix of all keys. Nothing is connected before it is needed; nothing waits for a connection that
 * was there before.
 */
export class RedisConnections {
  readonly prefix: string;
  /** Whether channels and keys belong to nodes. */
  readonly sharded: boolean;
  readonly subscriber: Subscriber;
  readonly #logger = new Logger('RedisConnections');
  readonly #options: ResolvedRedisOptions;
  readonly #deployment: Deployment;
  readonly #calls: PendingCalls;
  readonly #state = new BehaviorSubject<RedisState>('degraded');
  /** The names under which the client knows scripts: alone, and among others. */
  readonly #known = new Map<Script, { run: string; alone: string }>();
  #opened: Promise<void> | undefined;
  #opening = true;
  #heartbeat: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #mark: string | undefined;
  #lastError: Error | undefined;
  #closed = false;

  /** The state now, and whenever it changes. */
  readonly state = this.#state.pipe(distinctUntilChanged());

  /** @throws Error for options that cannot work */
  constructor(options: RedisConnectionsOptions) {
    this.#options = resolveRedis(options);
    const { prefix, timeoutMs, maxCalls, maxCallBytes, maxBackoffMs } = this.#options;
    this.prefix = prefix;
    this.#calls = new PendingCalls({ timeoutMs, maxCalls, maxCallBytes });
    this.subscriber = new Subscriber(() => this.#deployment, maxBackoffMs, ROUND_MS);
    this.#deployment = this.#deploy();
    this.sharded = this.#deployment.sharded;
    this.define(MARK);
  }

  /** Makes scripts known. @throws Error once it is open: what is on its way in a pipeline could not take them any more */
  define(...scripts: readonly Script[]): void {
    if (this.#opened) throw new Error('RedisConnections: scripts must be known before the first call.');
    const { client } = this.#deployment;
    for (const script of scripts) {
      const names = { run: `script${this.#known.size}`, alone: `script${this.#known.size}alone` };
      for (const name of Object.values(names))
        client.defineCommand(name, { lua: script.read(), numberOfKeys: script.keys });
      client.options.autoPipeliningIgnoredCommands!.push(names.alone);
      this.#known.set(script, names);
    }
  }

  /** Connects, the first time it is called: resolves when it has, or after `timeoutMs`. */
  open(): Promise<void> {
    return (this.#opened ??= inOwnContext(() => this.#open()));
  }

  /** A key, or a channel. What has the same tag lies together on a cluster. */
  key(tag: string, name = ''): string {
    return `${this.prefix}{${tag}}${name}`;
  }

  /**
   * Runs a script that was defined. Calls run in the order they are made, as far as their keys lie on one node.
   * @throws RealtimeError `unavailable`: it may be done or not
   */
  async run<Reply>(script: Script, ...args: (string | number | Buffer)[]): Promise<Reply> {
    if (this.#opening) await this.open();
    return this.#guard(() => this.#calls.make(bytesOf(args), () => this.#run(script, args))) as Promise<Reply>;
  }

  /** As the subscriber's. @throws RealtimeError `unavailable` */
  async subscribe(...args: Parameters<Subscriber['subscribe']>): Promise<void> {
    if (this.#opening) await this.open();
    return this.#guard(() => this.#calls.make(0, () => this.subscriber.subscribe(...args)));
  }

  /** Ends all connections, for all who use them. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#heartbeat);
    this.#calls.close();
    this.subscriber.close();
    this.#deployment.close();
    this.#state.complete();
  }

  #deploy(): Deployment {
    const events: LinkEvents = {
      message: (channel, bytes) => this.subscriber.message(channel, bytes),
      lost: (link) => {
        this.#become('degraded');
        this.subscriber.renew(link);
      },
      ready: () => this.#isBack(),
    };
    const { cluster } = this.#options;
    return cluster ? new ClusterDeployment(this.#options, events) : new SingleDeployment(this.#options, events);
  }

  async #open(): Promise<void> {
    const { client } = this.#deployment;
    client.on('error', (error: Error) => (this.#lastError = error));
    client.on('close', () => this.#become('degraded'));
    client.on('ready', () => this.#isBack());
    await this.#deployment.open();
    this.#heartbeat = setInterval(() => void this.#beat(), this.#options.timeoutMs / 2).unref();
    await this.#beat();
    this.#opening = false;
    if (this.#state.value === 'degraded') this.#warn();
  }

  #isBack(): void {
    this.subscriber.wake();
    void this.#beat();
  }

  /** Asks every server whether it is there, and still holds what it held. */
  #beat(): Promise<void> {
    return (this.#beating ??= inOwnContext(() => this.#ask()).finally(() => (this.#beating = undefined)));
  }

  async #ask(): Promise<void> {
    try {
      await this.#deployment.ping();
      this.#checkMark(String(await this.#run(MARK, [this.key('realtime', ':mark'), uniqueId()])));
      this.#become('connected');
    } catch (error) {
      this.#lastError = error as Error;
      this.#become('degraded');
    }
  }

  /** It is not Redis that says no: it is away, and the many that wait as well will fail for the same reason. */
  #doubt(error: Error): void {
    this.#lastError = error;
    this.#become('degraded');
    void this.#beat();
  }

  #checkMark(mark: string): void {
    if (this.#mark !== undefined && this.#mark !== mark) this.subscriber.renew();
    this.#mark = mark;
  }

  #become(state: RedisState): void {
    if (this.#closed || this.#state.value === state) return;
    this.#state.next(state);
    if (state === 'connected') this.#logger.log('Redis answers');
    else if (!this.#opening) this.#warn();
  }

  #warn(): void {
    this.#logger.warn(`Redis does not answer: ${this.#lastError?.message ?? 'the connection was closed'}`);
    this.#lastError = undefined;
  }

  async #run(script: Script, args: readonly (string | number | Buffer)[]): Promise<unknown> {
    const { client } = this.#deployment;
    if (client.status !== 'ready') throw new NotConnected();
    const { run, alone } = this.#known.get(script)!;
    const commands = client as unknown as Record<string, Run>;
    try {
      return await commands[`${run}Buffer`](...args);
    } catch (error) {
      if (!(error instanceof Error && ELSEWHERE.test(error.message))) throw error;
      return commands[`${alone}Buffer`](...args);
    }
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof NotConnected) throw new RealtimeError('unavailable');
      if (!(error instanceof ReplyError)) this.#doubt(error as Error);
      // While it is degraded everything fails, for the reason that is in the log already.
      const cause = this.#state.value === 'degraded' ? undefined : error;
      throw new RealtimeError('unavailable', 'Redis did not answer, so the outcome is unknown. Try again later.', {
        cause,
      });
    }
  }
}

/** Nothing was sent. */
class NotConnected extends Error {}

function bytesOf(args: readonly (string | number | Buffer)[]): number {
  return args.reduce<number>((bytes, arg) => bytes + (Buffer.isBuffer(arg) ? arg.length : 0), 0);
}
