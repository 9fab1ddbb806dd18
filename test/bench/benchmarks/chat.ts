import { performance } from 'node:perf_hooks';
import { Latencies, measure, Sample } from '../measure';
import { PeerName, StoreName, STORES } from '../peers/peer';
import type { RawClient } from '../raw-client';
import type { LoopDelay } from '../server';
import { ServerProcess } from '../server-process';
import { withStore } from '../store';
import type { Benchmark } from './benchmark';

const CLIENTS = 100;
const ROOMS = 10;
const TEXT = 'A text of about the length that people write when they chat with each other.';
const WARM_UP_SECONDS = 1;
const TICK_MS = 5;

/**
 * Chat, from a client's frame to its `ack`: stored, published to ten members, acknowledged. At a steady rate, or as
 * fast as a hundred clients get their acks. PostgreSQL runs in a process of its own, whose CPU time is not counted.
 */
export function chat(seconds: number, perSecond?: number): Benchmark {
  return {
    name: perSecond ? `chat-${perSecond}` : 'chat-most',
    title: `chat, ${CLIENTS} clients in ${ROOMS} rooms, ${perSecond ? `${perSecond} a second` : 'as fast as it goes'}`,
    unit: 'µs CPU per message',
    peers: STORES,
    run: (peer, scale) =>
      withStore(peer as StoreName, (place) => run(peer, place, Math.max(1, seconds * scale), perSecond)),
  };
}

async function run(peer: PeerName, place: string, seconds: number, perSecond?: number): Promise<Sample> {
  const server = await ServerProcess.start(peer, [], place);
  try {
    const clients = await server.connect(CLIENTS, (i) => `chat:${i % ROOMS}`, true);
    const talkers = clients.map((client, i) => new Talker(client, `chat:${i % ROOMS}`));
    const talk = (duration: number): Promise<unknown> =>
      perSecond ? talkSteadily(talkers, duration, perSecond) : talkAlong(talkers, duration);
    await talk(WARM_UP_SECONDS);
    for (const talker of talkers) talker.latencies = new Latencies();
    return await measureTalk(server, talkers, () => talk(seconds));
  } finally {
    await server.stop();
  }
}

/** How many messages there will be is known only afterwards. */
async function measureTalk(server: ServerProcess, talkers: Talker[], talk: () => Promise<unknown>): Promise<Sample> {
  const said = (): number => talkers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  const latencies = new Latencies();
  const before = said();
  let delay: LoopDelay | undefined;
  const sample = await measure(server, 1, async () => {
    server.watchLoop();
    await talk();
    delay = await server.loopDelay();
    return latencies;
  });
  const count = said() - before;
  for (const talker of talkers) latencies.take(talker.latencies);
  const { perUnit, rate } = sample;
  const invalid = talkers.find(({ fault }) => fault)?.fault;
  return { perUnit: perUnit / count, rate: rate * count, ...latencies.percentiles(), ...delay, invalid };
}

async function talkAlong(talkers: readonly Talker[], seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    talkers.map(async (talker) => {
      while (performance.now() < end && !talker.fault) await talker.say();
    }),
  );
}

/** Says what is due by now, whether the earlier things are acknowledged or not. */
async function talkSteadily(talkers: readonly Talker[], seconds: number, perSecond: number): Promise<void> {
  const start = performance.now();
  const all: Promise<void>[] = [];
  while (all.length < seconds * perSecond) {
    const due = Math.min(seconds, (performance.now() - start) / 1000) * perSecond;
    while (all.length < due) all.push(talkers[all.length % talkers.length].say());
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(all);
}

/** A client that says things, and hears that each is acknowledged, in order. */
class Talker {
  acknowledged = 0;
  fault: string | undefined;
  latencies = new Latencies();
  #said = 0;
  readonly #waiting: { readonly since: number; readonly resolve: () => void }[] = [];

  constructor(
    private readonly client: RawClient,
    private readonly room: string,
  ) {
    client.onFrame = (bytes, start, end) => {
      const frame = bytes.toString('latin1', start, end);
      if (!frame.startsWith('{"type":"chat"')) this.#hear(frame);
    };
  }

  say(): Promise<void> {
    const id = `c-${++this.#said}`;
    const since = performance.now();
    this.client.send(`{"type":"chat","data":{"room":"${this.room}","text":"${TEXT}"},"message_id":"${id}"}`);
    return new Promise((resolve) => this.#waiting.push({ since, resolve }));
  }

  #hear(frame: string): void {
    const expected = `"reply_to":"c-${++this.acknowledged}"`;
    if (!frame.startsWith('{"type":"ack"') || !frame.includes(expected)) this.fault ??= `${expected}: ${frame}`;
    const { since, resolve } = this.#waiting.shift()!;
    this.latencies.add(performance.now() - since);
    resolve();
  }
}
