import { Cluster, Redis, RedisOptions } from 'ioredis';
import { jitter } from '../../async/backoff';
import type { RedisClient, ResolvedRedisOptions } from './redis.options';

/** How often a cluster is asked which node has which keys, besides whenever a node says that it has them no more. */
const SLOTS_MS = 5000;
const MAX_LOADING_WAIT_MS = 500;

/**
 * What all clients are set to: a call waits for no connection and is not made twice, a silent server is given up, and
 * attempts to connect never end.
 */
function settings({ redis, timeoutMs, maxBackoffMs }: ResolvedRedisOptions): RedisOptions {
  return {
    ...redis,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: MAX_LOADING_WAIT_MS,
    connectTimeout: timeoutMs,
    disconnectTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    sentinelCommandTimeout: timeoutMs,
    sentinelRetryStrategy: (attempt) => jitter(attempt, maxBackoffMs),
    retryStrategy: (attempt) => jitter(attempt, maxBackoffMs),
    // A master that has become a replica: connect again, to whoever is master now.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  };
}

/** A client of a single server, or of the master of some sentinels. Not connected yet. */
export function singleClient(options: ResolvedRedisOptions, special: RedisOptions): Redis {
  const all = { ...settings(options), ...special };
  if (options.client) return guarded(checkSettings(options.client(all)));
  if (options.url) return guarded(new Redis(options.url, all));
  const { nodes, name } = options.sentinel!;
  return guarded(new Redis({ ...all, sentinels: nodes, name }));
}

/** @throws Error: one that queues calls, or makes them twice, would keep none of the promises made here */
function checkSettings(client: Redis): Redis {
  if (!client.options.enableOfflineQueue && client.options.lazyConnect) return client;
  client.disconnect();
  const hint = 'Try client: (settings) => new Redis({ host, ...settings })';
  throw new Error(`RedisConnections: client must pass on the settings it is given. ${hint}.`);
}

/** A client of a cluster. Not connected yet. */
export function clusterClient(options: ResolvedRedisOptions, special: RedisOptions): Cluster {
  const { nodes, options: given } = options.cluster!;
  const cluster = new Cluster(nodes, {
    ...given,
    lazyConnect: true,
    scaleReads: 'master',
    slotsRefreshInterval: SLOTS_MS,
    slotsRefreshTimeout: options.timeoutMs,
    // A call whose connection is lost may have been executed.
    retryDelayOnFailover: 0,
    clusterRetryStrategy: (attempt) => jitter(attempt, options.maxBackoffMs),
    enableAutoPipelining: special.enableAutoPipelining,
    autoPipeliningIgnoredCommands: special.autoPipeliningIgnoredCommands,
    redisOptions: { ...given?.redisOptions, ...settings(options), ...special },
  });
  return guarded(cluster);
}

/** A client of one node of a cluster, that is not connected again: what it does may be another node's by then. */
export function nodeClient(node: Redis, special: RedisOptions): Redis {
  return guarded(node.duplicate({ lazyConnect: true, enableOfflineQueue: false, retryStrategy: null, ...special }));
}

/** Connects, and waits until it is, or the time is over: from then on it goes on by itself. */
export async function connected(client: RedisClient, timeoutMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    client.once('ready', done);
    client.once('end', done);
    // Each failure is an event of its own, too.
    client.connect().catch(() => undefined);
  });
}

/** An 'error' without a listener would end up on the console. What it leads to is the 'close' that comes with it. */
function guarded<Client extends RedisClient>(client: Client): Client {
  client.on('error', () => undefined);
  return client;
}

/** Ends a client for good. ioredis would time the end of a connection that has ended already, and keep the process alive. */
export function disconnect(client: Redis): void {
  client.disconnect();
  if (client.stream?.closed) client.stream.emit('close');
}
