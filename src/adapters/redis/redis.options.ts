import type { Cluster, ClusterNode, ClusterOptions, Redis, RedisOptions } from 'ioredis';

const MIB = 1024 * 1024;

/** Where Redis is: one of the first four. */
export interface RedisConnectionsOptions {
  /** `redis://` or `rediss://`, with user, password and number of the database where needed. */
  url?: string;
  /** Sentinels, and the name under which they watch the master. */
  sentinel?: { nodes: { host: string; port: number }[]; name: string };
  /** Some nodes of a Redis Cluster, version 7 or later; they name the others. */
  cluster?: { nodes: ClusterNode[]; options?: ClusterOptions };
  /** Makes the clients, each from these settings and what else it needs: `(settings) => new Redis({ host, ...settings })`. */
  client?: (settings: RedisOptions) => Redis;
  /** What ioredis is told besides: user, password, TLS … */
  redis?: RedisOptions;
  /** Begins the name of every key and channel: what else is in this Redis is not touched. */
  prefix: string;
  /** A server from which nothing comes for this long, while it is asked, is given up and connected to anew. @default 2000 */
  timeoutMs?: number;
  /** The longest of the random waits between two attempts to connect. @default 2000 */
  maxBackoffMs?: number;
  /** Calls under way; more are refused as `unavailable`. @default 10_000 */
  maxCalls?: number;
  /** What they may hold together. @default 67_108_864 (64 MiB) */
  maxCallBytes?: number;
}

export type RedisClient = Redis | Cluster;

const DEFAULTS = { timeoutMs: 2000, maxBackoffMs: 2000, maxCalls: 10_000, maxCallBytes: 64 * MIB };
const PLACES = ['url', 'sentinel', 'cluster', 'client'] as const;
const KNOWN: readonly string[] = [...PLACES, 'redis', 'prefix', ...Object.keys(DEFAULTS)];

export type ResolvedRedisOptions = Readonly<RedisConnectionsOptions & typeof DEFAULTS>;

/** @throws Error that says what to try */
export function resolveRedis(given: RedisConnectionsOptions): ResolvedRedisOptions {
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of defined) checkOption(name, value);
  const places = PLACES.filter((place) => given[place] !== undefined);
  if (places.length !== 1) {
    throw invalid(`give exactly one of ${PLACES.join(', ')}, got ${places.join(' and ') || 'none'}`);
  }
  checkPrefix(given.prefix);
  return Object.freeze({ ...DEFAULTS, ...(Object.fromEntries(defined) as unknown as RedisConnectionsOptions) });
}

function checkOption(name: string, value: unknown): void {
  if (!KNOWN.includes(name)) throw invalid(`there is no option ${name}. Known: ${KNOWN.join(', ')}`);
  if (name === 'url' && !/^rediss?:\/\//.test(String(value))) {
    // Not the whole: a password may stand in it.
    throw invalid(`url must begin with redis:// or rediss://, got '${String(value).split(':')[0]}…'`);
  }
  if (!Object.hasOwn(DEFAULTS, name) || (Number.isSafeInteger(value) && (value as number) > 0)) return;
  throw invalid(`${name} must be a whole number above 0, got ${JSON.stringify(value)}`);
}

/** Braces would take the place of the hash tags, which keep the keys of a room together on a cluster. */
function checkPrefix(prefix: unknown): void {
  if (typeof prefix === 'string' && /^[^{}]+$/.test(prefix)) return;
  throw invalid(`prefix must be a text without { and }, got ${JSON.stringify(prefix)}. Try 'my-app:'`);
}

function invalid(problem: string): Error {
  return new Error(`RedisConnections: ${problem}.`);
}
