// First: a missing package is named before a file that imports it is loaded.
import './packages';

export { redis, RedisAdapters } from './redis';
export type { RedisOptions } from './redis';
export { RedisBackplane } from './backplane/redis.backplane';
export type { RedisBackplaneOptions } from './backplane/redis.backplane';
export type { WaitingOptions } from './backplane/publish-queue';
export { RedisUserLimits } from './limits/redis-user-limits';
export { RedisNodes } from './nodes/redis.nodes';
export type { RedisNodesOptions } from './nodes/redis-nodes.options';
export { RedisPresence } from './presence/redis.presence';
export type { RedisPresenceOptions } from './presence/redis.presence';
export { RedisReplyStore } from './replies/redis-reply-store';
export { RedisConnections } from './redis-connections';
export type { RedisState } from './redis-connections';
export type { RedisConnectionsOptions } from './redis.options';
