import { performance } from 'node:perf_hooks';
import { Latencies, measure, measureListening, Sample } from '../measure';
import { FLOOR, FORMS, LISTENED, PeerName, PEERS, tasks } from '../peers/peer';
import { numberIn, RawClient } from '../raw-client';
import { ServerProcess } from '../server-process';
import type { Benchmark } from './benchmark';

/** One broadcast to all members of a room, `inFlight` of them at a time. */
export function fanOut(members: number, inFlight: number, rounds: number): Benchmark {
  return {
    name: `fan-out-${members}-${inFlight}`,
    title: `fan-out 1 → ${members}, ${inFlight} in flight`,
    unit: 'µs CPU per delivery',
    peers: [PEERS[0], LISTENED, ...PEERS.slice(1), FLOOR],
    run: (peer, scale) => run(peer, members, inFlight, Math.ceil(rounds * scale)),
  };
}

/** The same with metrics on, and what part of the time they take. */
export function listening(members: number, inFlight: number, rounds: number): Benchmark {
  return {
    name: `listening-${members}-${inFlight}`,
    title: `metrics in a fan-out 1 → ${members}, ${inFlight} in flight`,
    unit: '% of the busy CPU time',
    peers: [LISTENED],
    run: (peer, scale) => run(peer, members, inFlight, Math.ceil(rounds * scale), undefined, measureListening),
  };
}

/** The same with 4 KiB of tasks, in each form a connection can ask for. */
export function forms(rounds: number): Benchmark {
  return {
    name: 'forms',
    title: 'fan-out 1 → 1000 of 4 KiB, 1 in flight',
    unit: 'µs CPU per delivery',
    peers: ['ours', 'raw-ws', ...FORMS],
    run: (peer, scale) => run(peer, 1000, 1, Math.ceil(rounds * scale), tasks(4096)),
  };
}

async function run(
  peer: PeerName,
  members: number,
  inFlight: number,
  rounds: number,
  filling?: string,
  measured = measure,
): Promise<Sample> {
  const server = await ServerProcess.start(peer);
  try {
    const audience = new Audience(await server.connect(members, () => 'bench'));
    let sent = 0;
    const round = async (): Promise<void> => {
      const heard = audience.hears(sent + inFlight);
      server.broadcast(sent + 1, inFlight, filling);
      sent += inFlight;
      await heard;
    };
    for (let i = 0; i < Math.ceil(rounds / 5); i++) await round();
    const sample = await measured(server, members * inFlight * rounds, async () => {
      const latencies = new Latencies();
      for (let i = 0; i < rounds; i++) {
        const start = performance.now();
        await round();
        latencies.add(performance.now() - start);
      }
      return latencies;
    });
    return { ...sample, invalid: audience.fault };
  } finally {
    await server.stop();
  }
}

/** Clients that each must hear 1, 2, 3 … */
class Audience {
  fault: string | undefined;
  #target = 0;
  #behind = 0;
  #done: () => void = () => undefined;

  constructor(clients: readonly RawClient[]) {
    this.#behind = clients.length;
    for (const client of clients) this.#follow(client, clients.length);
  }

  hears(target: number): Promise<void> {
    this.#target = target;
    return new Promise((resolve) => (this.#done = resolve));
  }

  #follow(client: RawClient, size: number): void {
    let heard = 0;
    client.onFrame = (bytes, start, end) => {
      const n = numberIn(bytes, start, end);
      if (n < 0) return;
      if (n !== ++heard) this.fault ??= `heard ${n} instead of ${heard}`;
      if (heard !== this.#target || --this.#behind > 0) return;
      this.#behind = size;
      this.#done();
    };
  }
}
