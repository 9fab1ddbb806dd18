import { performance } from 'node:perf_hooks';
import { Latencies, measure, Sample } from '../measure';
import type { PeerName } from '../peers/peer';
import { numberIn, RawClient } from '../raw-client';
import { ServerProcess } from '../server-process';
import type { Benchmark } from './benchmark';

const FAST = 900;
const SLOW = 100;

/** A room in which a tenth of the members never reads: what the rest pays for them. */
export function slowConsumers(rounds: number): Benchmark {
  return {
    name: 'slow-consumers',
    title: `fan-out to ${FAST} readers beside ${SLOW} that never read, 16 in flight`,
    unit: 'µs CPU per delivery to a reader',
    peers: ['ours', 'raw-ws'],
    run: (peer, scale) => run(peer, Math.ceil(rounds * scale)),
  };
}

const IN_FLIGHT = 16;

async function run(peer: PeerName, rounds: number): Promise<Sample> {
  const server = await ServerProcess.start(peer);
  try {
    const fast = await server.connect(FAST, () => 'bench');
    for (const client of await server.connect(SLOW, () => 'bench')) client.socket.pause();
    let fault: string | undefined;
    let behind = 0;
    let target = 0;
    let done: () => void = () => undefined;
    for (const client of fast) follow(client);
    return await measure(server, FAST * rounds * IN_FLIGHT, async () => {
      const latencies = new Latencies();
      for (let i = 0; i < rounds; i++) {
        const start = performance.now();
        behind = FAST;
        target += IN_FLIGHT;
        const heard = new Promise<void>((resolve) => (done = resolve));
        server.broadcast(target - IN_FLIGHT + 1, IN_FLIGHT);
        await heard;
        latencies.add(performance.now() - start);
      }
      return latencies;
    }).then((sample) => ({ ...sample, invalid: fault }));

    function follow(client: RawClient): void {
      let heard = 0;
      client.onFrame = (bytes, start, end) => {
        const n = numberIn(bytes, start, end);
        if (n < 0) return;
        if (n !== ++heard) fault ??= `heard ${n} instead of ${heard}`;
        if (heard === target && --behind === 0) done();
      };
    }
  } finally {
    await server.stop();
  }
}
