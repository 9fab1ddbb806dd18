import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Backplane } from './backplane/backplane';
import { MemoryBackplane } from './backplane/memory/memory.backplane';
import { RedisBackplane } from './backplane/redis/redis.backplane';
import { MemoryUserLimits } from './gateway/memory-user-limits';
import { RedisReplyStore } from './gateway/redis-reply-store';
import { RedisUserLimits } from './gateway/redis-user-limits';
import type { ReplyStore } from './gateway/reply-store';
import type { UserLimits } from './gateway/user-limits';
import type { Nodes } from './nodes/nodes';
import { OneNode } from './nodes/one-node';
import { RedisNodes } from './nodes/redis/redis.nodes';
import { MemoryPresence } from './presence/memory/memory.presence';
import type { PresenceStore } from './presence/presence-store';
import { RedisPresence } from './presence/redis/redis.presence';
import type { GivenOptions, RealtimeOptions } from './realtime.options';
import { traced } from './tracing/traced.backplane';

/** The adapter that was given, the one for Redis, or the one for a process alone. */
export function backplaneOf({ backplane, redis }: GivenOptions, { tracing }: RealtimeOptions): Backplane {
  return traced(backplane ?? (redis ? new RedisBackplane(redis) : new MemoryBackplane()), tracing);
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

  constructor(given: GivenOptions, options: RealtimeOptions) {
    const { redis } = given;
    const { idempotency, presence, retention } = options;
    this.backplane = backplaneOf(given, options);
    this.replies = given.replies ?? (redis && new RedisReplyStore(redis, idempotency));
    this.presence = presence.store ?? (redis ? new RedisPresence(redis) : new MemoryPresence());
    this.userLimits = given.userLimits ?? (redis ? new RedisUserLimits(redis) : new MemoryUserLimits());
    this.nodes = given.nodes ?? (redis ? new RedisNodes(redis) : new OneNode());
    this.backplane.configure(retention);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.nodes.open();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.presence.close();
    await this.nodes.close();
  }
}
