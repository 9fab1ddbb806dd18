import { RedisBackplane, RedisConnections, RedisReplyStore, RedisUserLimits } from '../../src';
import { realtime, RealtimeTestOptions } from './realtime';

let prefixes = 0;

/** Servers of one application, each with its own connections to Redis, at these URLs. */
export function nodesOn(urls: string[], options: RealtimeTestOptions = {}) {
  const prefix = `app${++prefixes}:`;
  return Promise.all(
    urls.map((url) => {
      const redis = new RedisConnections({ url, prefix, timeoutMs: 500 });
      return realtime({
        backplane: new RedisBackplane(redis),
        replies: new RedisReplyStore(redis),
        userLimits: new RedisUserLimits(redis),
        ...options,
      });
    }),
  );
}
