import { filter, firstValueFrom } from 'rxjs';
import { Nodes, RedisConnections } from '../../src';
import { realtime, Realtime, RealtimeTestOptions } from './realtime';
import { until } from './until';

let prefixes = 0;

/** Servers of one application, each with its own connections to Redis, at these URLs, where it has to answer. */
export function nodesOn(urls: string[], options: RealtimeTestOptions = {}, prefix = `app${++prefixes}:`) {
  return Promise.all(urls.map((url) => nodeOn(new RedisConnections({ url, prefix, timeoutMs: 500 }), options)));
}

async function nodeOn(redis: RedisConnections, options: RealtimeTestOptions): Promise<Realtime> {
  const node = await realtime({ redis, ...options });
  // On a busy machine the first attempt to connect may take too long.
  await firstValueFrom(redis.state.pipe(filter((state) => state === 'connected')));
  const nodes = node.app.get(Nodes);
  await until(async () => (await nodes.list()).includes(nodes.name), 'a node among the others');
  return node;
}
