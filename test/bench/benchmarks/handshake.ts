import { Latencies, measure, Sample } from '../measure';
import { PeerName, PEERS } from '../peers/peer';
import { ServerProcess } from '../server-process';
import type { Benchmark } from './benchmark';

/** Clients that connect, each with its own JWT, until they are told that they are in; no join. */
export function handshake(connections: number): Benchmark {
  return {
    name: 'handshake',
    title: 'handshake with HS256 JWT',
    unit: 'µs CPU per connection',
    peers: PEERS,
    run: (peer, scale) => run(peer, Math.ceil(connections * scale)),
  };
}

async function run(peer: PeerName, connections: number): Promise<Sample> {
  const server = await ServerProcess.start(peer);
  const nowhere = (): undefined => undefined;
  try {
    await server.connect(Math.ceil(connections / 4), nowhere, true);
    return await measure(server, connections, async () => {
      await server.connect(connections, nowhere, true);
      return new Latencies();
    });
  } finally {
    await server.stop();
  }
}
