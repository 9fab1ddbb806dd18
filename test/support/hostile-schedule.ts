import { createRealtimeClient, type EventMeta, type RealtimeClient } from '../../src/client';
import { RoomPositions } from '../../src';
import type { TestClient } from './client';
import { CountingClock } from './counting-clock';
import { faultySocket } from './faulty-socket';
import { HostileProxy } from './hostile-proxy';
import { Random } from '../../src/testing/random';
import type { Realtime } from './realtime';
import { tokenFor } from './tokens';
import { until } from './until';

/** What every schedule has of its server. */
export interface Stage {
  readonly server: Realtime;
  /** Is in every room, over a network without fault: what it sees is what was published. */
  readonly observer: TestClient;
  /** Lets the observer into a room: one after the other. */
  readonly watch: (room: string) => Promise<unknown>;
}

/** What a client was shown: where it began (again), or an event. */
type Shown = { readonly from: number } | { readonly offset: number; readonly n: unknown };

interface Told {
  readonly n: number;
  /** Whom it was not for. */
  readonly not?: string;
}

const KINDS = ['long', 'short'] as const;
const STEPS = [
  ...([
    'publish',
    'publish',
    'publish',
    'publish',
    'say',
    'say',
    'settle',
    'settle',
    'settle',
    'wait',
    'delay',
  ] as const),
  ...(['drop', 'drop', 'hang', 'straggle', 'refuse', 'heal', 'heal', 'heal'] as const),
];
/** One in ten publications is lost, one comes twice. */
const FATES = [...Array.from({ length: 8 }, () => 'comes' as const), 'is lost', 'comes twice'] as const;
const MAX_STEPS = 24;
const SETTLE_MS = 200;
const START_MS = 5_000;

/** A client, its network and its server, and what happens to them in an order that a seed says. */
export class HostileSchedule {
  readonly #random: Random;
  readonly #user: string;
  readonly #room: string;
  readonly #clock = new CountingClock();
  readonly #shown: Shown[] = [];
  readonly #said: Promise<unknown>[] = [];
  readonly #faults: string[] = [];
  #faulty: boolean;
  #resets = 0;
  #published = 0;
  /** Where the state that was loaded last stands. */
  #loaded = 0;

  constructor(
    private readonly stage: Stage,
    private readonly seed: number,
  ) {
    this.#random = new Random(seed);
    this.#faulty = this.#random.upTo(1) === 0;
    this.#user = `user-${seed}`;
    this.#room = `${this.#random.pick(KINDS)}:${seed}`;
  }

  /** Plays it and returns what was wrong. */
  async play(): Promise<string[]> {
    const { server, watch } = this.stage;
    await watch(this.#room);
    const proxy = await HostileProxy.to(server.port, this.#random.next);
    const client = this.#client(proxy);
    try {
      await this.#steps(client, proxy);
      proxy.heal();
      this.#faulty = false;
      await this.#converge(client);
    } catch (error) {
      this.#faults.push(String(error));
    }
    await client.close();
    await proxy.close();
    this.#check();
    return this.#faults.map((fault) => `seed ${this.seed}: ${fault}`);
  }

  #client(proxy: HostileProxy): RealtimeClient {
    return createRealtimeClient({
      url: proxy.url,
      token: () => tokenFor(this.#user),
      WebSocket: faultySocket(() => (this.#faulty ? this.#random.pick(FATES) : 'comes')),
      clock: this.#clock,
      backoff: { baseMs: 4, maxMs: 30 },
      rate: { perSecond: 1e6, burst: 1e6 },
      connectTimeoutMs: 1_000,
    });
  }

  async #steps(client: RealtimeClient, proxy: HostileProxy): Promise<void> {
    this.#follow(client);
    await this.#settled(client, START_MS);
    const steps = 8 + this.#random.upTo(MAX_STEPS - 8);
    for (let i = 0; i < steps; i++) {
      const step = this.#random.pick(STEPS);
      if (step === 'publish') for (let n = this.#random.upTo(4); n >= 0; n--) this.#publish();
      else if (step === 'say') this.#say(client);
      else if (step === 'settle') await this.#settled(client);
      else if (step === 'wait') await new Promise((resolve) => setTimeout(resolve, this.#random.upTo(12)));
      else if (step === 'delay') proxy.delay(this.#random.upTo(12));
      else if (step === 'straggle') proxy.straggle(this.#random.upTo(20));
      else proxy[step]();
    }
  }

  /** Gives the client the time to come back, if it can. */
  async #settled(client: RealtimeClient, ms = SETTLE_MS): Promise<void> {
    const room = client.room(this.#room);
    if (room.joined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      const stop = room.on('joined', () => {
        clearTimeout(timer);
        stop();
        resolve();
      });
    });
  }

  /** Half of them load a state and go on from there, the others join and are told when they missed something. */
  #follow(client: RealtimeClient): void {
    const room = client.room(this.#room);
    room.on('*', (data, meta) => this.#show(data as Told, meta));
    room.on('reset', () => this.#resets++);
    if (this.#random.upTo(1) === 0) {
      const load = async () => ({ data: undefined, position: await this.#position() });
      const show = (): void => void this.#shown.push({ from: this.#loaded });
      room.follow(load, show).catch((error: unknown) => this.#faults.push(`could not follow: ${String(error)}`));
      return;
    }
    const stop = room.on('joined', ({ position: { offset } }) => {
      stop();
      this.#shown.push({ from: offset });
    });
    room.on('reset', ({ position: { offset } }) => this.#shown.push({ from: offset }));
    room.join().catch((error: unknown) => this.#faults.push(`could not join: ${String(error)}`));
  }

  async #position() {
    const position = await this.stage.server.app.get(RoomPositions).of(this.#room);
    this.#loaded = position.offset;
    return position;
  }

  #show({ n }: Told, { offset }: EventMeta): void {
    if (offset !== undefined) this.#shown.push({ offset, n });
  }

  #publish(): void {
    const not = this.#random.upTo(5) === 0 ? this.#user : undefined;
    const data = { n: ++this.#published, not };
    void this.stage.server.events.emit('task.created', data, { room: this.#room, exceptUser: not });
  }

  #say(client: RealtimeClient): void {
    const room = client.room(this.#room);
    const data = { n: ++this.#published, mine: true };
    this.#said.push(
      room.publish('task.moved', data).catch((error: unknown) => this.#faults.push(`${data.n}: ${String(error)}`)),
    );
  }

  /** The network is well again: the client gets to the end of the stream, and all it said is said. */
  async #converge(client: RealtimeClient): Promise<void> {
    await Promise.all(this.#said);
    const { offset } = await this.stage.server.events.emit('task.created', { n: 0 }, { room: this.#room });
    const room = client.room(this.#room);
    await until(() => room.joined && room.position?.offset === offset, `the end of the stream, ${offset}`);
  }

  #check(): void {
    if (this.#clock.pending) this.#faults.push(`${this.#clock.pending} timers left after close()`);
    if (this.#resets && this.#room.startsWith('long:')) this.#faults.push(`${this.#resets} resets for nothing`);
    const truth = this.#truth();
    this.#checkShown(truth);
    this.#checkSaid(truth);
  }

  /** What was published, by offset: the first is at 0. */
  #truth(): Told[] {
    const frames = this.stage.observer.frames.filter(({ room }) => room === this.#room);
    return frames.map(({ data }) => data as unknown as Told);
  }

  /** No hole, no repeat, no disorder: from where it began, the client was shown all that was for it. */
  #checkShown(truth: readonly Told[]): void {
    let position = 0;
    for (const shown of this.#shown) {
      position = 'from' in shown ? shown.from : this.#checkEvent(truth, position, shown.offset, shown.n);
    }
    this.#checkSkipped(truth, position, truth.length + 1);
  }

  #checkEvent(truth: readonly Told[], position: number, offset: number, n: unknown): number {
    if (offset <= position) this.#faults.push(`got ${offset} after ${position}`);
    this.#checkSkipped(truth, position, offset);
    if (truth[offset - 1]?.n !== n) this.#faults.push(`${offset} is ${String(n)}, not ${truth[offset - 1]?.n}`);
    return offset;
  }

  #checkSkipped(truth: readonly Told[], position: number, next: number): void {
    for (let offset = position + 1; offset < next; offset++) {
      if (truth[offset - 1]?.not !== this.#user) this.#faults.push(`missed ${offset} before ${next}`);
    }
  }

  /** Once, and in the order in which it was said. */
  #checkSaid(truth: readonly Told[]): void {
    const mine = truth.filter((told) => 'mine' in told).map(({ n }) => n);
    if (mine.length !== this.#said.length) this.#faults.push(`said ${this.#said.length}, published ${mine.join()}`);
    if (mine.some((n, i) => i > 0 && n <= mine[i - 1])) this.#faults.push(`said in order, published ${mine.join()}`);
  }
}
