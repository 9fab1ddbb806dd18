import { RedisBackplane, RedisConnections, RedisPresence, RedisReplyStore, RedisUserLimits } from '../../src';
import { realtime, RealtimeTestOptions } from './realtime';

/** After so long a node that is not heard is dead. */
export const LEASE_MS = 1500;

let prefixes = 0;

/** Servers of one application, each with its own connections to Redis, at these URLs. */
export function nodesOn(urls: string[], options: RealtimeTestOptions = {}) {
  const prefix = `app${++prefixes}:`;
  return Promise.all(
    urls.map((url) => {
      const redis = new RedisConnections({ url, prefix });
      return realtime({
        backplane: new RedisBackplane(redis),
        replies: new RedisReplyStore(redis),
        userLimits: new RedisUserLimits(redis),
        ...options,
        presence: { store: new RedisPresence(redis, { leaseMs: LEASE_MS }), ...options.presence },
      });
    }),
  );
}
