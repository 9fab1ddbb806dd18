import { RedisConnections } from '../../src';
import { realtime, RealtimeTestOptions } from './realtime';

let prefixes = 0;

/** Servers of one application, each with its own connections to Redis, at these URLs. */
export function nodesOn(urls: string[], options: RealtimeTestOptions = {}, prefix = `app${++prefixes}:`) {
  return Promise.all(
    urls.map((url) => realtime({ redis: new RedisConnections({ url, prefix, timeoutMs: 500 }), ...options })),
  );
}
