import type { Distribution } from '../../../../nodes/admin-command';
import type { NodeStats, Stats } from './answers';
import { quantile } from './quantile';

/** How all nodes did between two answers; rates are per second. */
export interface Sample {
  /** Seconds since 1970. */
  readonly at: number;
  readonly connections: number | null;
  readonly received: number | null;
  readonly sent: number | null;
  readonly deliveries: number | null;
  readonly errors: number | null;
  /** Milliseconds; nothing where nothing was delivered. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly memory: number | null;
}

/** Nobody knows how they did then. */
export function gap(at: number): Sample {
  const nothing = { connections: null, received: null, sent: null, deliveries: null, errors: null, memory: null };
  return { at, ...nothing, p50: null, p99: null };
}

/** Counters of a node that came or was started anew meanwhile begin at 0: they are taken from the next answer on. */
export function sample(earlier: Stats, later: Stats, at: number, seconds: number): Sample {
  const before = new Map(earlier.nodes.map((node) => [node.name, node]));
  const pairs = later.nodes.flatMap((node): [NodeStats, NodeStats][] => {
    const known = before.get(node.name);
    return known && known.uptime_s <= node.uptime_s ? [[known, node]] : [];
  });
  const total = (figure: 'connections' | 'memory_bytes') => later.nodes.reduce((sum, node) => sum + node[figure], 0);
  const rate = (figure: 'messages_received' | 'messages_sent' | 'deliveries' | 'errors') =>
    pairs.reduce((sum, [from, to]) => sum + Math.max(0, to[figure] - from[figure]), 0) / seconds;
  const lag = pairs.map(([from, to]) => difference(to.lag_ms, from.lag_ms)).reduce(added, NONE);
  return {
    at,
    connections: total('connections'),
    received: rate('messages_received'),
    sent: rate('messages_sent'),
    deliveries: rate('deliveries'),
    errors: rate('errors'),
    p50: quantile(0.5, lag),
    p99: quantile(0.99, lag),
    memory: total('memory_bytes'),
  };
}

const NONE: Distribution = { bounds: [], cumulative: [] };

function difference({ bounds, cumulative }: Distribution, earlier: Distribution): Distribution {
  return { bounds, cumulative: cumulative.map((count, at) => count - earlier.cumulative[at]) };
}

function added(one: Distribution, other: Distribution): Distribution {
  const { bounds, cumulative } = other;
  return { bounds, cumulative: cumulative.map((count, at) => count + (one.cumulative[at] ?? 0)) };
}
