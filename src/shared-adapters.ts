import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Backplane } from './publishing/backplane';
import { MemoryBackplane } from './publishing/memory/memory.backplane';
import { RedisBackplane } from './adapters/redis/backplane/redis.backplane';
import { MemoryUserLimits } from './gateway/limits/memory-user-limits';
import { RedisReplyStore } from './adapters/redis/replies/redis-reply-store';
import { RedisRevocations } from './adapters/redis/revocations/redis-revocations';
import { RedisUserLimits } from './adapters/redis/limits/redis-user-limits';
import type { ReplyStore } from './gateway/idempotency/reply-store';
import type { UserLimits } from './gateway/limits/user-limits';
import type { Nodes } from './nodes/nodes';
import { OneNode } from './nodes/one-node';
import { RedisNodes } from './adapters/redis/nodes/redis.nodes';
import { HostPresence } from './features/presence/host.presence';
import { MemoryPresence } from './features/presence/memory/memory.presence';
import type { PresenceStore } from './features/presence/presence-store';
import { RedisPresence } from './adapters/redis/presence/redis.presence';
import type { GivenOptions, RealtimeOptions } from './realtime.options';
import { traced } from './features/tracing/traced.backplane';

/** The adapter that was given, the one for Redis, or the one for a process alone. */
export function backplaneOf(
  { backplane, redis }: GivenOptions,
  { tracing }: Pick<RealtimeOptions, 'tracing'>,
): Backplane {
  return traced(backplane ?? (redis ? new RedisBackplane(redis) : new MemoryBackplane()), tracing);
}

function presenceOf({ redis }: GivenOptions, { presence: { store } }: RealtimeOptions): PresenceStore {
  if (store) return new HostPresence(store);
  return redis ? new RedisPresence(redis) : new MemoryPresence();
}

/**
 * Behind each port that nodes share: the adapter that was given, the one for Redis, or the one for a process alone. All
 * of them are made here, before the first one connects: a connection has to know the scripts of all.
 */
export class SharedAdapters implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly backplane: Backplane;
  /** Left out: the process' own. */
  readonly replies: ReplyStore | undefined;
  readonly presence: PresenceStore;
  readonly userLimits: UserLimits;
  readonly nodes: Nodes;
  /** Left out: a process alone remembers them itself. */
  readonly revocations: RedisRevocations | undefined;

  constructor(given: GivenOptions, options: RealtimeOptions) {
    const { redis } = given;
    const { idempotency, kinds } = options;
    this.backplane = backplaneOf(given, options);
    this.replies = given.replies ?? (redis && new RedisReplyStore(redis, idempotency));
    this.presence = presenceOf(given, options);
    this.userLimits = given.userLimits ?? (redis ? new RedisUserLimits(redis) : new MemoryUserLimits());
    this.nodes = given.nodes ?? (redis ? new RedisNodes(redis) : new OneNode());
    this.revocations = redis && new RedisRevocations(redis);
    this.backplane.configure(kinds.retention);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.nodes.open();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.presence.close();
    await this.nodes.close();
  }
}
