import { performance } from 'node:perf_hooks';
import { Latencies, measure, Sample } from '../measure';
import { PeerName, PEERS } from '../peers/peer';
import { numberIn, RawClient } from '../raw-client';
import { ServerProcess } from '../server-process';
import type { Benchmark } from './benchmark';

const CLIENTS = 100;

/** A frame with guard and validation, and its reply; each client has `depth` of them on the way. */
export function ping(depth: number, rounds: number): Benchmark {
  return {
    name: `ping-${depth}`,
    title: `ping, ${CLIENTS} clients, depth ${depth}`,
    unit: 'µs CPU per ping',
    peers: PEERS,
    run: (peer, scale) => run(peer, depth, Math.ceil(rounds * scale)),
  };
}

async function run(peer: PeerName, depth: number, rounds: number): Promise<Sample> {
  const server = await ServerProcess.start(peer);
  try {
    const clients = await server.connect(CLIENTS, (i) => `room${i}`);
    const faults: string[] = [];
    const all = (count: number, latencies: Latencies): Promise<unknown> =>
      Promise.all(clients.map((client) => pingAway(client, server, depth, count, latencies, faults)));
    await all(Math.ceil(rounds / 5), new Latencies());
    const sample = await measure(server, CLIENTS * depth * rounds, async () => {
      const latencies = new Latencies();
      await all(rounds, latencies);
      return latencies;
    });
    return { ...sample, invalid: faults[0] };
  } finally {
    await server.stop();
  }
}

/** Sends `depth` pings in one write, and the next ones when all are answered. */
function pingAway(
  client: RawClient,
  { dialect }: ServerProcess,
  depth: number,
  rounds: number,
  latencies: Latencies,
  faults: string[],
): Promise<void> {
  return new Promise((resolve) => {
    let n = 0;
    let answered = 0;
    let start = 0;
    const next = (): void => {
      if (n === depth * rounds) return resolve();
      start = performance.now();
      client.send(...Array.from({ length: depth }, () => dialect.ping(++n)));
    };
    client.onFrame = (bytes, from, to) => {
      const got = numberIn(bytes, from, to);
      if (got !== ++answered) faults.push(`answered ${got} instead of ${answered}`);
      if (answered % depth !== 0) return;
      latencies.add(performance.now() - start);
      next();
    };
    next();
  });
}
