import * as fc from 'fast-check';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import type { StreamPosition } from '../../src';
import type { Connection } from '../../src/connections/connection';
import { toPublication } from '../../src/publishing/publication';
import type { Received } from './client';
import { Follower } from '../../src/testing/follower';
import { Call, LaggingBackplane, Line } from './lagging-backplane';
import { roomsOnWire } from './wire';

const ROOMS = ['a', 'b'];
const USERS = ['alice', 'alice', 'bob'];
const HISTORY = 5;
/** One such publication elsewhere, and every stream nobody follows is forgotten. */
const MAX_TOTAL_BYTES = 20_000;

type Step =
  | { do: 'publish'; room: number; volatile: boolean; except?: string; times: number }
  | { do: 'join'; who: number; room: number; back: number }
  | { do: 'leave' | 'evict'; who: number; room: number }
  | { do: 'giveUp' | 'drop'; who: number }
  | { do: 'advance'; line: Line; count: number }
  | { do: 'hold' | 'release'; line: Line }
  | { do: 'fail'; call: Call }
  | { do: 'turn' | 'forget' | 'lose' };

const room = fc.nat(ROOMS.length - 1);
const who = fc.nat(USERS.length - 1);
const line = fc.constantFrom<Line>('requests', 'answers', 'deliveries');

function step<Name extends Step['do']>(weight: number, names: Name[], rest: object) {
  const arbitrary = fc.record({ do: fc.constantFrom(...names), ...rest }) as unknown as fc.Arbitrary<Step>;
  return { weight, arbitrary };
}

/** Anything that may happen, in any order; the lines of the backplane move on at any point in between. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    step(8, ['publish'], {
      room,
      volatile: fc.nat(4).map((n) => n === 0),
      except: fc.constantFrom(undefined, undefined, 'alice', 'bob'),
      times: fc.integer({ min: 1, max: 4 }),
    }),
    // `back`: how far before its position a client asks for; 0 exactly there, below it not at all.
    step(8, ['join'], { who, room, back: fc.integer({ min: -1, max: 3 }) }),
    step(2, ['leave', 'evict'], { who, room }),
    step(3, ['drop', 'giveUp'], { who }),
    step(10, ['advance'], { line, count: fc.integer({ min: 1, max: 6 }) }),
    step(6, ['hold', 'release'], { line }),
    step(1, ['fail'], { call: fc.constantFrom('subscribe', 'read') }),
    step(8, ['turn'], {}),
    step(1, ['forget', 'lose'], {}),
  ),
  { minLength: 20, maxLength: 120, size: 'max' },
);

interface Client {
  connection: Connection;
  /** Its join under way: one at a time, unless it was given up. */
  join: { givenUp: boolean } | undefined;
  readonly follower: ReadonlyMap<string, Follower>;
}

/** Plays the steps and returns what was wrong. */
export async function play(steps: readonly Step[]): Promise<string[]> {
  const run = new Run();
  for (const step of steps) await run.step(step);
  return run.end();
}

class Run {
  /** A long replay is read in pages. */
  readonly #backplane = new LaggingBackplane(2);
  readonly #wire = roomsOnWire(this.#backplane, {
    history: { maxPublications: HISTORY, maxTotalBytes: MAX_TOTAL_BYTES },
    outbox: { maxFrames: 10_000, maxBytes: 1e9 },
  });
  readonly #followers: Follower[] = [];
  readonly #clients = USERS.map((user, i) => this.#client(user, i));
  readonly #faults: string[] = [];
  /** What was published where, as `room epoch offset`. */
  readonly #truth = new Map<string, { n: number; except?: string }>();
  #published = 0;
  #joins = 0;

  async step(step: Step): Promise<void> {
    if (step.do === 'publish') for (let i = 0; i < step.times; i++) this.#publish(ROOMS[step.room], step);
    else if (step.do === 'join') this.#join(this.#clients[step.who], ROOMS[step.room], step.back);
    else if (step.do === 'leave') this.#leave(this.#clients[step.who], ROOMS[step.room]);
    else if (step.do === 'evict') void this.#wire.service.removeUser(ROOMS[step.room], USERS[step.who]);
    else if (step.do === 'giveUp') this.#giveUp(this.#clients[step.who]);
    else if (step.do === 'drop') await this.#reconnect(step.who);
    else if (step.do === 'fail') this.#backplane.failNext(step.call);
    else if (step.do === 'turn') await endOfTurn();
    else if (step.do === 'lose') this.#backplane.loseStreams();
    else if (step.do === 'forget') this.#fill();
    else if (step.do === 'hold') this.#backplane.hold(step.line);
    else if (step.do === 'release') this.#backplane.release(step.line);
    else if (step.do === 'advance') for (let i = 0; i < step.count; i++) this.#backplane.advance(step.line);
    // Answers take effect in microtasks: some before the next step, some after it.
    await Promise.resolve();
  }

  /** Lets everything arrive, and compares what was shown with what was published. */
  async end(): Promise<string[]> {
    this.#backplane.release();
    await this.#settled();
    // The last word shows who missed something before it, and tells those whose stream was renewed.
    for (const room of ROOMS) this.#publish(room, { volatile: false });
    await this.#settled();
    for (const follower of this.#followers) {
      if (follower.joined) this.#compareEnds(follower, await this.#backplane.endOf(follower.room));
      this.#compare(follower);
    }
    await this.#backplane.close();
    return [...this.#faults, ...this.#followers.flatMap(({ faults }) => faults)];
  }

  async #settled(): Promise<void> {
    for (let i = 0; i < 12; i++) await endOfTurn();
  }

  #client(user: string, i: number): Client {
    const followers = ROOMS.map((room) => new Follower(user, `${user}/${i}`, room));
    this.#followers.push(...followers);
    const follower = new Map(followers.map((each) => [each.room, each]));
    return { connection: this.#connect(user, follower), join: undefined, follower };
  }

  #connect(user: string, follower: ReadonlyMap<string, Follower>): Connection {
    let connection: Connection | undefined;
    const receive = (frame: Received): void => {
      // What still arrives over a connection the client has given up is not looked at.
      if (connection?.closed) return;
      for (const each of follower.values()) each.receive(frame);
    };
    return (connection = this.#wire.connect(user, receive));
  }

  async #reconnect(who: number): Promise<void> {
    const client = this.#clients[who];
    client.connection.terminate();
    for (const follower of client.follower.values()) follower.disconnected();
    client.join = undefined;
    client.connection = this.#connect(USERS[who], client.follower);
    await endOfTurn();
  }

  #publish(room: string, { volatile, except }: { volatile: boolean; except?: string }): void {
    const n = ++this.#published;
    const delivery = volatile ? 'volatile' : 'reliable';
    const publication = toPublication(room, 'task.created', { n }, undefined, { delivery, exceptUser: except });
    void this.#backplane.publish(room, publication).then(({ epoch, offset }) => {
      if (!volatile) this.#truth.set(`${room} ${epoch} ${offset}`, { n, except });
    });
  }

  #fill(): void {
    const filler = toPublication('filler', 'task.created', { filler: 'x'.repeat(MAX_TOTAL_BYTES) });
    void this.#backplane.publish('filler', filler);
  }

  #join(client: Client, room: string, back: number): void {
    if (client.join) return;
    const { connection } = client;
    const follower = client.follower.get(room)!;
    const since = back < 0 ? undefined : before(follower.position, back);
    const id = `j-${++this.#joins}`;
    follower.asked.set(id, since);
    const attempt = (client.join = { givenUp: false });
    const done = (): void => {
      if (client.join === attempt) client.join = undefined;
    };
    void this.#wire.rooms.join(connection, room, { since }).then(
      (joined) => {
        if (attempt.givenUp || connection.closed) return joined.follow(false);
        const { position, recovered, replayed } = joined;
        if (since && !recovered) this.#checkGap(room, since);
        connection.send('room_joined', { room, ...position, recovered, replayed }, id);
        joined.follow(true);
        done();
      },
      () => done(),
    );
  }

  /** As when a handler's time is over: the client is answered, and goes on; the join comes to its end later. */
  #giveUp(client: Client): void {
    if (client.join) client.join.givenUp = true;
    client.join = undefined;
  }

  #leave(client: Client, room: string): void {
    if (client.join || !this.#wire.rooms.isMember(client.connection, room)) return;
    this.#wire.rooms.leave(client.connection, room);
    client.connection.send('room_left', { room });
  }

  #checkGap(room: string, { epoch, offset }: StreamPosition): void {
    if (!this.#backplane.gaps.has(`${room} ${epoch} ${offset}`)) {
      this.#faults.push(`${room} ${epoch} ${offset} could have been recovered`);
    }
  }

  #compareEnds({ name, room, position }: Follower, end: StreamPosition): void {
    if (position!.epoch === end.epoch && position!.offset === end.offset) return;
    this.#faults.push(`${name} in ${room}: ends at ${show(position!)}, the stream at ${show(end)}`);
  }

  #compare({ user, name, room, shown }: Follower): void {
    for (const { epoch, offset, frame } of shown) {
      const truth = this.#truth.get(`${room} ${epoch} ${offset}`);
      const expected = truth?.except === user ? ['omitted', undefined] : ['task.created', truth?.n];
      const got = [frame.type, frame.data.n];
      if (got.join() !== expected.join())
        this.#faults.push(`${name} in ${room}: ${offset} is ${got.join()}, not ${expected.join()}`);
    }
  }
}

function before(position: StreamPosition | undefined, back: number): StreamPosition | undefined {
  return position && { epoch: position.epoch, offset: Math.max(0, position.offset - back) };
}

function show({ epoch, offset }: StreamPosition): string {
  return `${epoch} ${offset}`;
}
