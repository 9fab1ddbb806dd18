import * as fc from 'fast-check';
import type { StreamPosition } from '../../src';
import type { TestClient } from '../support/client';
import { Follower } from '../../src/testing/follower';
import { Realtime, realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

const USERS = ['alice', 'bob', 'alice'];

type Step =
  | { do: 'publish'; room: number; times: number; volatile: boolean; except?: string }
  | { do: 'join'; who: number; room: number; back: number }
  | { do: 'say' | 'leave'; who: number; room: number }
  | { do: 'drop'; who: number }
  | { do: 'turn' | 'settle' | 'forget' };

const room = fc.nat(1);
const who = fc.nat(USERS.length - 1);

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('publish' as const),
        room,
        times: fc.integer({ min: 1, max: 4 }),
        volatile: fc.nat(4).map((n) => n === 0),
        except: fc.constantFrom(undefined, undefined, 'alice'),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('join' as const), who, room, back: fc.integer({ min: -1, max: 3 }) }),
    },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('say' as const), who, room }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), who, room }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), who }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom('turn' as const, 'turn' as const, 'settle' as const, 'forget' as const),
      }),
    },
  ),
  { minLength: 20, maxLength: 80, size: 'max' },
);

/** One client and what it follows; frames are sent without waiting for the answers to the ones before. */
class Player {
  readonly followers: readonly Follower[];
  client!: TestClient;
  #read = 0;
  #joins = 0;

  constructor(
    private readonly user: string,
    private readonly server: Realtime,
    rooms: readonly string[],
  ) {
    this.followers = rooms.map((name) => new Follower(user, user, name));
  }

  async connect(): Promise<void> {
    this.client = await this.server.connect(this.user);
    this.#read = 0;
  }

  async drop(): Promise<void> {
    this.read();
    this.client.drop();
    for (const follower of this.followers) follower.disconnected();
    await this.connect();
  }

  join(room: number, back: number): void {
    this.read();
    const follower = this.followers[room];
    const { position } = follower;
    const since = back < 0 || !position ? undefined : { ...position, offset: Math.max(0, position.offset - back) };
    const id = `j-${++this.#joins}`;
    follower.asked.set(id, since);
    this.client.send('join_room', { room: follower.room, since }, id);
  }

  /** Into one room, where it is a member; frames that many send at once are handled in one turn of the server. */
  say(room: number): void {
    this.client.send('chat', { room: this.followers[room].room, text: 'hello' });
  }

  leave(room: number): void {
    this.client.send('leave_room', { room: this.followers[room].room });
  }

  async settle(): Promise<void> {
    await this.client.settled();
    this.read();
  }

  read(): void {
    for (const frame of this.client.frames.slice(this.#read)) for (const each of this.followers) each.receive(frame);
    this.#read = this.client.frames.length;
  }
}

async function play(server: Realtime, rooms: readonly string[], steps: readonly Step[]): Promise<string[]> {
  const players = USERS.map((user) => new Player(user, server, rooms));
  for (const player of players) await player.connect();
  const published: Promise<StreamPosition>[] = [];
  const publish = (room: string, delivery: 'reliable' | 'volatile', exceptUser?: string): void => {
    const data = { n: published.length, not: exceptUser };
    published.push(server.events.emit('task.created', data, { room, delivery, exceptUser }));
  };
  for (const step of steps) {
    if (step.do === 'publish') {
      const { times, volatile, except } = step;
      for (let i = 0; i < times; i++) publish(rooms[step.room], volatile ? 'volatile' : 'reliable', except);
    } else if (step.do === 'join') players[step.who].join(step.room, step.back);
    else if (step.do === 'say') players[step.who].say(step.room);
    else if (step.do === 'leave') players[step.who].leave(step.room);
    else if (step.do === 'drop') await players[step.who].drop();
    else if (step.do === 'turn') await new Promise(setImmediate);
    else if (step.do === 'settle') for (const player of players) await player.settle();
    else await server.events.emit('task.created', { x: 'x'.repeat(30_000) }, { room: 'elsewhere' });
  }
  // The last word shows who missed something before it.
  for (const player of players) await player.settle();
  for (const room of rooms) publish(room, 'reliable');
  const positions = await Promise.all(published);
  for (const player of players) await player.settle();
  for (const { client } of players) client.drop();
  const ends = positions.slice(-rooms.length);
  const followers = players.flatMap((player) => player.followers);
  return [
    ...followers.flatMap(({ faults }) => faults),
    ...followers.flatMap((follower) => faultsAtEnd(follower, ends[rooms.indexOf(follower.room)])),
    ...faultsBetween(followers, positions),
  ];
}

/** Only what somebody said right before being dropped may be stored and published behind the last word. */
function faultsAtEnd({ user, room, joined, position, shown }: Follower, { epoch, offset }: StreamPosition): string[] {
  const behind = shown.filter((each) => each.epoch === epoch && each.offset > offset);
  const strange = behind.filter(({ frame }) => frame.type !== 'chat').map(({ frame }) => JSON.stringify(frame));
  const faults = strange.map((frame) => `${user} in ${room}: behind the last word at ${offset} was ${frame}`);
  if (!joined || (position?.epoch === epoch && position.offset === offset + behind.length)) return faults;
  return [
    ...faults,
    `${user} in ${room}: ends at ${position?.epoch} ${position?.offset}, the stream at ${epoch} ${offset}`,
  ];
}

/** Whoever was shown a place of a stream was shown the same there, and what was published there. */
function faultsBetween(followers: readonly Follower[], positions: readonly StreamPosition[]): string[] {
  const faults: string[] = [];
  const ids = new Map<string, string>();
  for (const { user, room, shown } of followers) {
    for (const { epoch, offset, frame } of shown) {
      const place = `${room} ${epoch} ${offset}`;
      const id = ids.get(place) ?? frame.message_id;
      ids.set(place, id);
      if (id !== frame.message_id) faults.push(`${place} was ${id}, and is ${frame.message_id}`);
      if (frame.type !== 'task.created') continue;
      const truth = positions[frame.data.n as number];
      if (frame.data.not === user) faults.push(`${place} is not for ${user}`);
      if (truth.epoch !== epoch || truth.offset !== offset) faults.push(`${place} is ${JSON.stringify(frame)}`);
    }
  }
  return faults;
}

describe('following rooms over real sockets, whatever happens in whatever order', () => {
  it('has no hole, no repeat, no disorder, and is never recovered with something missing', async () => {
    const server = await realtime({
      history: { maxPublications: 5, maxTotalBytes: 40_000 },
      connections: { maxPerUser: 10_000, maxPerAddress: 10_000 },
    });
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        const rooms = [`a:${++runs}`, `b:${runs}`];
        expect(await play(server, rooms, steps)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
