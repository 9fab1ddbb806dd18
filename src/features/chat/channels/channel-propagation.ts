import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { ShutdownTasks } from '../../../gateway/shutdown/shutdown-tasks';
import { AdapterFailures } from '../../../logging/adapter-failures';
import type { CommandOf, Eviction } from '../../../nodes/command';
import { Nodes } from '../../../nodes/nodes';
import { RealtimeError } from '../../../protocol/errors';
import { roomKind } from '../../../protocol/room-name';
import { NodeMemberships } from '../../../rooms/node-memberships';
import { RoomRegistry } from '../../../rooms/room-registry';
import { CHANNEL_KIND, roomOf } from './channel';
import { ChannelCache } from './channel-cache';

/** The wait before channels are looked through once more, when the database did not answer. */
const RETRY_MS = 1_000;

/**
 * Lets what was changed in the database take effect on all nodes. A node that cannot be reached looks through all its
 * channels once it can.
 */
@Injectable()
export class ChannelPropagation implements OnModuleInit {
  readonly #failures = new AdapterFailures('The adapter for nodes');
  readonly #logger = new Logger('RealtimeModule');
  /** Counts how often all was out of date. */
  #missed = 0;
  #catchingUp: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    private readonly nodes: Nodes,
    private readonly cache: ChannelCache,
    private readonly rooms: RoomRegistry,
    private readonly local: NodeMemberships,
    shutdown: ShutdownTasks,
  ) {
    shutdown.add(() => this.#close());
  }

  onModuleInit(): void {
    this.nodes.handle('channel_changed', (change) => ({ connections: this.#apply(change) }));
    this.#failures.from(this.nodes.gaps).subscribe(() => {
      this.#missed++;
      this.#catchUp();
    });
  }

  async #close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#catchingUp;
  }

  /** A channel is not what it was, or one user's place in it: what nodes remember of it is out of date. */
  forget(channel: string, user?: string): void {
    this.#failures.contain(() => this.nodes.tell({ type: 'channel_changed', channel, user }));
  }

  /** Takes a user's connections out of the room, those that are just joining too; on all nodes when it resolves. */
  async evict(channel: string, user: string, why: RealtimeError): Promise<void> {
    await this.#ask({ type: 'channel_changed', channel, user, eviction: toEviction(why) });
  }

  /** As `turnOut`, by a moderator: whoever is connected as an admin of the application stays. */
  async evictMember(channel: string, user: string, why: RealtimeError): Promise<void> {
    await this.#ask({ type: 'channel_changed', channel, user, eviction: toEviction(why), spareAdmins: true });
  }

  /** Takes everybody out of the room; on all nodes when it resolves. */
  async evictAll(channel: string, why: RealtimeError): Promise<void> {
    await this.#ask({ type: 'channel_changed', channel, eviction: toEviction(why) });
  }

  /** The change is made already, whoever hears of it: one who does not now does later. */
  async #ask(command: CommandOf<'channel_changed'>): Promise<void> {
    try {
      const { unanswered } = await this.nodes.ask(command);
      if (unanswered.length) this.#logger.warn(`A change of a channel was not confirmed by ${unanswered.join(', ')}`);
    } catch (error) {
      this.#logger.warn(`A change of a channel did not reach the other nodes: ${String(error)}`);
    }
  }

  #apply({ channel, user, eviction, spareAdmins }: CommandOf<'channel_changed'>): number {
    this.cache.forget(channel, user);
    if (!eviction) return 0;
    // A join that asked before the change has to ask again.
    this.rooms.beginRecheck();
    const room = roomOf(channel);
    if (user === undefined) return this.local.empty(room, eviction);
    return this.local.remove(room, user, eviction, { spareAdmins });
  }

  #catchUp(): void {
    this.#catchingUp ??= this.#recheckAll().finally(() => (this.#catchingUp = undefined));
  }

  async #recheckAll(): Promise<void> {
    let done: number;
    do {
      done = this.#missed;
      this.cache.forgetAll();
      const channels = [...this.rooms.names].filter((name) => roomKind(name) === CHANNEL_KIND);
      for (const room of channels) if (!this.#closed) await this.#recheck(room);
    } while (done !== this.#missed && !this.#closed);
  }

  async #recheck(room: string): Promise<void> {
    try {
      await this.local.recheck({ room });
    } catch (error) {
      this.#logger.debug(`${room} could not be rechecked: ${String(error)}`);
      this.#timer ??= setTimeout(() => this.#again(), RETRY_MS).unref();
    }
  }

  #again(): void {
    this.#timer = undefined;
    this.#missed++;
    this.#catchUp();
  }
}

function toEviction({ code, message }: RealtimeError): Eviction {
  return { code, message };
}
