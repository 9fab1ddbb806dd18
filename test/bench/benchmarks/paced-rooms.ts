import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Latencies, measure, Sample } from '../measure';
import { PeerName, PEERS } from '../peers/peer';
import { numberIn, RawClient } from '../raw-client';
import { ServerProcess } from '../server-process';
import type { Benchmark } from './benchmark';
import { MEMBERS, roomOf, ROOMS } from './small-rooms';

/** So many messages a second at random times, each by somebody in one of many rooms; latency: until each hears it. */
export function pacedRooms(perSecond: number, seconds: number): Benchmark {
  return {
    name: `paced-rooms-${perSecond}`,
    title: `${ROOMS} rooms of ${MEMBERS}, ${perSecond} messages a second at random times`,
    unit: 'µs CPU per delivery',
    peers: PEERS,
    run: (peer, scale) => run(peer, perSecond, Math.ceil(perSecond * seconds * scale)),
  };
}

async function run(peer: PeerName, perSecond: number, messages: number): Promise<Sample> {
  const server = await ServerProcess.start(peer);
  try {
    const talk = new PacedTalk(await server.connect(ROOMS * MEMBERS, roomOf), server);
    await talk.say(Math.ceil(messages / 3), perSecond);
    const sample = await measure(server, messages * MEMBERS, () => talk.say(messages, perSecond));
    return { ...sample, invalid: talk.fault };
  } finally {
    await server.stop();
  }
}

/** Whoever speaks, the room hears each of them in order. */
class PacedTalk {
  fault: string | undefined;
  /** By the number of a message: who said it, and when. */
  readonly #speakers: number[] = [-1];
  readonly #saidAt: number[] = [0];
  #latencies = new Latencies();
  #missing = 0;

  constructor(
    private readonly clients: readonly RawClient[],
    private readonly server: ServerProcess,
  ) {
    for (const client of clients) this.#listen(client);
  }

  async say(messages: number, perSecond: number): Promise<Latencies> {
    this.#latencies = new Latencies();
    this.#missing = messages * MEMBERS;
    for (let left = messages, due = performance.now(); left > 0; left--) {
      due += (-Math.log(1 - Math.random()) / perSecond) * 1000;
      while (performance.now() < due) await nextTurn();
      this.#sayOne();
    }
    while (this.#missing > 0) await nextTurn();
    return this.#latencies;
  }

  #sayOne(): void {
    const speaker = Math.floor(Math.random() * this.clients.length);
    const n = this.#speakers.push(speaker) - 1;
    this.#saidAt.push(performance.now());
    this.clients[speaker].send(this.server.dialect.say(roomOf(speaker), n));
  }

  #listen(client: RawClient): void {
    const lastOf = new Map<number, number>();
    client.onFrame = (bytes, start, end) => {
      const n = numberIn(bytes, start, end);
      if (n < 0) return;
      const speaker = this.#speakers[n];
      if (n <= (lastOf.get(speaker) ?? 0)) this.fault ??= `${n} of speaker ${speaker} came late, or twice`;
      lastOf.set(speaker, n);
      this.#latencies.add(performance.now() - this.#saidAt[n]);
      this.#missing--;
    };
  }
}
