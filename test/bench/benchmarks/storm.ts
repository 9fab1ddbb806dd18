import { performance } from 'node:perf_hooks';
import { Latencies, measure, Sample } from '../measure';
import { PeerName, PEERS } from '../peers/peer';
import { RawClient } from '../raw-client';
import { ServerProcess } from '../server-process';
import type { Benchmark } from './benchmark';

const ALREADY_IN = 20;

/** Many clients at once, each with its own JWT and one join; meanwhile those already in ping. */
export function storm(connections: number): Benchmark {
  return {
    name: 'storm',
    title: `connecting with HS256 JWT and one join; latency: ping of ${ALREADY_IN} already in`,
    unit: 'µs CPU per connection',
    peers: PEERS,
    run: (peer, scale) => run(peer, Math.ceil(connections * scale)),
  };
}

async function run(peer: PeerName, connections: number): Promise<Sample> {
  const server = await ServerProcess.start(peer);
  try {
    const inside = await server.connect(ALREADY_IN, () => 'inside');
    await server.connect(300, (i) => `warm${i % 100}`, true);
    return await measure(server, connections, async () => {
      const latencies = new Latencies();
      const stop = inside.map((client) => pingUntilStopped(client, server, latencies));
      await server.connect(connections, (i) => `room${i % 100}`, true);
      stop.forEach((end) => end());
      return latencies;
    });
  } finally {
    await server.stop();
  }
}

const PAUSE_MS = 100;

function pingUntilStopped(client: RawClient, { dialect }: ServerProcess, latencies: Latencies): () => void {
  let n = 0;
  let start = 0;
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    start = performance.now();
    client.send(dialect.ping(++n));
  };
  client.onFrame = () => {
    latencies.add(performance.now() - start);
    timer = setTimeout(next, PAUSE_MS);
  };
  next();
  return () => clearTimeout(timer);
}
