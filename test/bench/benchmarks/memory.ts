import type { Sample } from '../measure';
import { PeerName, PEERS } from '../peers/peer';
import { ServerProcess } from '../server-process';
import type { Benchmark } from './benchmark';

/** What an idle connection costs: authenticated, in one room of a hundred. */
export function memory(connections: number): Benchmark {
  return {
    name: 'memory',
    title: 'heap and native memory per idle connection in one room',
    unit: 'bytes',
    peers: [...PEERS, 'ours-deflate', 'raw-ws-deflate'],
    run: (peer, scale) => run(peer, Math.ceil(connections * Math.max(scale, 0.2))),
  };
}

async function run(peer: PeerName, connections: number): Promise<Sample> {
  const server = await ServerProcess.start(peer);
  try {
    // The first ones pay for code and tables that all have in common.
    await server.connect(500, (i) => `room${i % 100}`, true);
    const before = await server.usage();
    const start = performance.now();
    await server.connect(connections, (i) => `room${i % 100}`, true);
    const seconds = (performance.now() - start) / 1000;
    const after = await server.usage();
    return { perUnit: (after.bytes - before.bytes) / connections, rate: connections / seconds };
  } finally {
    await server.stop();
  }
}
