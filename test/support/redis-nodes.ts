import { filter, firstValueFrom } from 'rxjs';
import { Nodes } from '../../src';
import { RedisConnections, RedisPresence } from '../../src/adapters/redis';
import { realtime, Realtime, RealtimeTestOptions } from './realtime';
import { until } from './until';

/** After so long a node that is not heard is dead. */
export const LEASE_MS = 1500;

let prefixes = 0;

/** Servers of one application, each with its own connections to Redis, at these URLs, where it has to answer. */
export function nodesOn(urls: string[], options: RealtimeTestOptions = {}, prefix = `app${++prefixes}:`) {
  return Promise.all(urls.map((url) => nodeOn(new RedisConnections({ url, prefix }), options)));
}

async function nodeOn(redis: RedisConnections, options: RealtimeTestOptions): Promise<Realtime> {
  const node = await realtime({
    redis,
    ...options,
    presence: { store: new RedisPresence(redis, { leaseMs: LEASE_MS }), ...options.presence },
  });
  // On a busy machine the first attempt to connect may take too long.
  await firstValueFrom(redis.state.pipe(filter((state) => state === 'connected')));
  const nodes = node.app.get(Nodes);
  await until(async () => (await nodes.list()).includes(nodes.name), 'a node among the others');
  return node;
}
