import { performance } from 'node:perf_hooks';
import { Latencies, Sample } from '../measure';
import { OVER_REDIS, PeerName } from '../peers/peer';
import { numberIn, RawClient } from '../raw-client';
import { inWords, perUnit, RedisSite, total } from '../redis-site';
import type { Benchmark } from './benchmark';

const SUBSCRIBERS = 1000;

/** From the node that publishes over Redis to the members on another one; beside one node that has its streams in memory. */
export function twoNodes(inFlight: number, rounds: number, rooms = 100): Benchmark {
  return {
    name: `two-nodes-${inFlight}${rooms === 100 ? '' : `-${rooms}`}`,
    title: `a publication to one of ${rooms} rooms of ${SUBSCRIBERS / rooms} on another node, ${inFlight} in flight`,
    unit: 'µs CPU per publication, nodes and Redis',
    peers: ['ours', OVER_REDIS],
    run: (peer, scale) => run(peer, inFlight, Math.ceil(rounds * scale), rooms),
  };
}

async function run(peer: PeerName, inFlight: number, rounds: number, rooms: number): Promise<Sample> {
  const site = await RedisSite.start(peer);
  try {
    const audience = new Audience(await site.subscriber.connect(SUBSCRIBERS, (i) => `room${i % rooms}`), rooms);
    let sent = 0;
    const round = async (): Promise<void> => {
      const heard = audience.hears(inFlight);
      site.publisher.spread(sent, inFlight, rooms);
      sent += inFlight;
      await heard;
    };
    for (let i = 0; i < Math.ceil(rounds / 5); i++) await round();
    const latencies = new Latencies();
    const bytes = await site.redisBytes();
    const before = await site.cpu();
    const start = performance.now();
    for (let i = 0; i < rounds; i++) {
      const begin = performance.now();
      await round();
      latencies.add(performance.now() - begin);
    }
    const seconds = (performance.now() - start) / 1000;
    const shares = perUnit(before, await site.cpu(), rounds * inFlight);
    const kept = ((await site.redisBytes()) - bytes) / (rounds * inFlight);
    const parts = `${inWords(shares)}, Redis ${kept.toFixed(0)} bytes`;
    const rate = (rounds * inFlight) / seconds;
    return {
      perUnit: total(shares),
      rate,
      ...latencies.percentiles(),
      invalid: audience.fault,
      parts,
    };
  } finally {
    await site.stop();
  }
}

/** The members of all rooms: in a room each n is so much above the last one. */
class Audience {
  fault: string | undefined;
  #missing = 0;
  #done: () => void = () => undefined;

  constructor(
    clients: readonly RawClient[],
    private readonly rooms: number,
  ) {
    clients.forEach((client, i) => this.#follow(client, i % rooms));
  }

  /** Resolves when so many more publications have reached all members of their rooms. */
  hears(publications: number): Promise<void> {
    this.#missing = publications * (SUBSCRIBERS / this.rooms);
    return new Promise((resolve) => (this.#done = resolve));
  }

  #follow(client: RawClient, first: number): void {
    let next = first;
    client.onFrame = (bytes, start, end) => {
      const n = numberIn(bytes, start, end);
      if (n < 0) return;
      if (n !== next) this.fault ??= `heard ${n} instead of ${next}`;
      next = n + this.rooms;
      if (--this.#missing === 0) this.#done();
    };
  }
}
