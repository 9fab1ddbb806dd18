import type { NodeStats, Stats } from './answers';
import { quantile } from './quantile';
import { sample } from './sample';

const BOUNDS = [1, 10, 100];

function node(name: string, figures: Partial<NodeStats> = {}): NodeStats {
  const counters = { deliveries: 0, slow_consumers: 0, messages_received: 0, messages_sent: 0, errors: 0 };
  const lag_ms = { bounds: BOUNDS, cumulative: [0, 0, 0, 0] };
  const state = { uptime_s: 60, draining: false, connections: 1, rooms: 1, memory_bytes: 100 };
  return { name, ...state, ...counters, lag_ms, ...figures };
}

function stats(...nodes: NodeStats[]): Stats {
  return { nodes, unanswered: [] };
}

describe('a quantile', () => {
  it('is where so many values are below, as if they were evenly spread between two bounds', () => {
    const spread = { bounds: BOUNDS, cumulative: [10, 100, 100, 100] };
    expect(quantile(0.05, spread)).toBe(0.5);
    expect(quantile(0.1, spread)).toBe(1);
    expect(quantile(0.55, spread)).toBeCloseTo(5.5);
  });

  it('is the last bound for what is above it, and nothing for nothing', () => {
    expect(quantile(0.99, { bounds: BOUNDS, cumulative: [0, 0, 0, 5] })).toBe(100);
    expect(quantile(0.99, { bounds: BOUNDS, cumulative: [0, 0, 0, 0] })).toBeNull();
    expect(quantile(0.99, { bounds: [], cumulative: [] })).toBeNull();
  });
});

describe('a sample', () => {
  it('has what all nodes did per second since the answer before', () => {
    const before = stats(node('a', { deliveries: 100 }), node('b', { deliveries: 50, errors: 4 }));
    const after = stats(
      node('a', { deliveries: 120, lag_ms: { bounds: BOUNDS, cumulative: [20, 20, 20, 20] } }),
      node('b', { deliveries: 60, errors: 6, lag_ms: { bounds: BOUNDS, cumulative: [0, 0, 20, 20] } }),
    );
    const { deliveries, errors, connections, memory, p50, p99 } = sample(before, after, 0, 2);
    expect([deliveries, errors, connections, memory]).toEqual([15, 1, 2, 200]);
    expect(p50).toBe(1);
    expect(p99).toBeCloseTo(98.2);
  });

  it('counts no jump for a node that came, left, or was started anew', () => {
    const before = stats(node('gone', { deliveries: 9 }), node('anew', { deliveries: 900, uptime_s: 500 }));
    const after = stats(node('new', { deliveries: 70 }), node('anew', { deliveries: 3000, uptime_s: 1 }));
    expect(sample(before, after, 0, 2)).toMatchObject({ deliveries: 0, connections: 2, p99: null });
  });
});
