import { RedisConnections } from '../adapters/redis/redis-connections';
import type { ReplyStore } from '../gateway/idempotency/reply-store';
import type { UserLimits } from '../gateway/limits/user-limits';
import type { Nodes } from '../nodes/nodes';
import { checkPart, InvalidOption } from '../options/invalid-option';
import type { Backplane } from '../publishing/backplane';
import type { Storage } from '../storage/storage';

/** The adapters that take the place of those in memory. */
export interface AdapterOptions {
  /**
   * The Redis that all nodes share. With it the adapters below are those for Redis, unless another one is given. It is
   * closed with the application. @default undefined: a process alone
   */
  redis?: RedisConnections;
  /** Carries publications between nodes and keeps the rooms' streams. @default new RedisBackplane(redis), or new MemoryBackplane() */
  backplane?: Backplane;
  /** Keeps replies for a repeated `message_id`. @default new RedisReplyStore(redis), or in memory */
  replies?: ReplyStore;
  /**
   * The database of chat, channels, mailboxes and the audit. `false` keeps none of them; messages go into the rooms'
   * streams only. One that is given is closed with the application. With `redis` all nodes must share it.
   * @default new SqliteStorage({ file: 'realtime.sqlite' }) in the working directory; none with `redis`
   */
  storage?: Storage | false;
  /** Counts `rateLimit.perUser` and `channels.requests`. @default new RedisUserLimits(redis), or in memory */
  userLimits?: UserLimits;
  /** Lets nodes act together, for `RoomsService` and channels. @default new RedisNodes(redis), or this process alone */
  nodes?: Nodes;
}

export const ADAPTER_NAMES = ['redis', 'backplane', 'replies', 'storage', 'userLimits', 'nodes'] as const;

/** @throws InvalidOption for what cannot take the place of an adapter */
export function checkAdapters({ redis, storage, backplane, replies, userLimits, nodes }: AdapterOptions): void {
  checkRedis(redis);
  if (storage !== false) checkPart('storage', storage, 'close', 'Try new SqliteStorage({ file }), or false.');
  checkPart('backplane', backplane, 'publish', 'Try redis: new RedisConnections({ url, prefix }).');
  checkPart('replies', replies, 'claim', 'Try new RedisReplyStore(redis).');
  checkPart('userLimits', userLimits, 'spend', 'Try new RedisUserLimits(redis).');
  checkPart('nodes', nodes, 'ask', 'Try new RedisNodes(redis).');
}

function checkRedis(redis: unknown): void {
  if (redis === undefined || redis instanceof RedisConnections) return;
  throw new InvalidOption('redis', 'must be RedisConnections', "Try new RedisConnections({ url, prefix: 'my-app:' }).");
}
