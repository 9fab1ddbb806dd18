import { Latencies, measure, Sample } from '../measure';
import { PeerName, PEERS } from '../peers/peer';
import { numberIn, RawClient } from '../raw-client';
import { ServerProcess } from '../server-process';
import type { Benchmark } from './benchmark';

export const ROOMS = 100;
export const MEMBERS = 10;

/** Many rooms of ten in which everybody talks: per turn each client says something and hears ten. */
export function smallRooms(rounds: number): Benchmark {
  return {
    name: 'small-rooms',
    title: `${ROOMS} rooms of ${MEMBERS}, all chat`,
    unit: 'µs CPU per delivery',
    peers: PEERS,
    run: (peer, scale) => run(peer, Math.ceil(rounds * scale)),
  };
}

async function run(peer: PeerName, rounds: number): Promise<Sample> {
  const server = await ServerProcess.start(peer);
  try {
    const clients = await server.connect(ROOMS * MEMBERS, roomOf);
    const talk = new Talk(clients, server);
    for (let i = 0; i < Math.ceil(rounds / 5); i++) await talk.round();
    const sample = await measure(server, ROOMS * MEMBERS * MEMBERS * rounds, async () => {
      for (let i = 0; i < rounds; i++) await talk.round();
      return new Latencies();
    });
    return { ...sample, invalid: talk.fault };
  } finally {
    await server.stop();
  }
}

export function roomOf(client: number): string {
  return `room${client % ROOMS}`;
}

/** In each round every client says one thing; it is over when everybody has heard everybody in its room. */
class Talk {
  fault: string | undefined;
  #round = 0;
  #missing = 0;
  #done: () => void = () => undefined;

  constructor(
    private readonly clients: readonly RawClient[],
    private readonly server: ServerProcess,
  ) {
    for (const client of clients) this.#listen(client);
  }

  round(): Promise<void> {
    this.#round++;
    this.#missing = this.clients.length * MEMBERS;
    const heard = new Promise<void>((resolve) => (this.#done = resolve));
    this.clients.forEach((client, i) => {
      const speaker = Math.floor(i / ROOMS);
      client.send(this.server.dialect.say(roomOf(i), this.#round * MEMBERS + speaker));
    });
    return heard;
  }

  #listen(client: RawClient): void {
    const heardOf = new Array<number>(MEMBERS).fill(0);
    client.onFrame = (bytes, start, end) => {
      const n = numberIn(bytes, start, end);
      if (n < 0) return;
      const speaker = n % MEMBERS;
      if (Math.floor(n / MEMBERS) !== ++heardOf[speaker]) this.fault ??= `a round of speaker ${speaker} is missing`;
      if (--this.#missing === 0) this.#done();
    };
  }
}
