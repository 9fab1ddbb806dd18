import { setImmediate as endOfTurn } from 'node:timers/promises';
import { EventsService, MemoryBackplane, RealtimeModule, RoomName, StreamPosition } from '../../src';
import type { ScheduleOptions } from '../../src/testing';
import { closeAll, failure, start } from './running';

afterEach(closeAll);
afterEach(() => delete process.env.REALTIME_SEED);

/** Whoever comes back misses the first of what it missed. */
class ForgetfulBackplane extends MemoryBackplane {
  override async read(room: RoomName, since: StreamPosition) {
    return (await super.read(room, since)).slice(1);
  }
}

const auth = { secret: 'a secret of an application, of more than 32 bytes' };
const broken = RealtimeModule.forRootAsync({
  useFactory: () => ({ auth, policy: 'open' as const, backplane: new ForgetfulBackplane() }),
});

/** What a schedule says of the broken application. */
async function playBroken(options: ScheduleOptions = {}): Promise<string> {
  const test = await start({ imports: [broken], clients: 2 });
  const text = await failure(test.schedule({ steps: 60, actions: { emit: 4, drop: 2, reconnect: 2 }, ...options }));
  await test.close();
  return text;
}

describe('a random schedule of the test kit', () => {
  it.each([1, 2, 3, 4])('converges, whatever happens to three nodes and four clients: seed %i', async (seed) => {
    const test = await start({ clients: 4, nodes: 3 });
    const { steps } = await test.schedule({ seed, steps: 60, rooms: ['board:1', 'board:2'] });
    expect(steps).toHaveLength(60);
    const shown = test.clients.flatMap(({ rooms }) => [...rooms.values()].flatMap((room) => room.shown));
    expect(shown.length).toBeGreaterThan(10);
  });

  it('is the same for the same seed, and another one for another', async () => {
    const test = await start({ clients: 3, nodes: 2 });
    const { steps } = await test.schedule({ seed: 7, steps: 20 });
    expect((await test.schedule({ seed: 7, steps: 20 })).steps).toEqual(steps);
    expect((await test.schedule({ seed: 8, steps: 20 })).steps).not.toEqual(steps);
    expect(steps[0]).toMatch(/^ {3}1 \w+ \((alice|bob|carol), nodes\[[01]\], room:1\)$/);
  });

  it('tells what a broken application did wrong, by a seed that does it again', async () => {
    const text = await playBroken();
    const [, seed, fault] = /^Seed (\d+) failed: Not converged:\n {2}(.+)/.exec(text)!;
    expect(fault).toMatch(/^(alice|bob) in room:1: /);
    expect(text).toContain(
      `To play it again: REALTIME_SEED=${seed} in front of the command that ran this test, or schedule({ seed: ${seed} }).`,
    );
    expect(text.split('\n').filter((line) => /^ +\d+ (emit|drop|reconnect) \(/.test(line))).toHaveLength(60);
    const withoutEpochs = (each: string) => each.replace(/of [\w-]{12}/g, '');
    process.env.REALTIME_SEED = seed;
    expect(withoutEpochs(await playBroken())).toBe(withoutEpochs(text));
  });

  it('plays what only this application can do, and checks what only it knows', async () => {
    const test = await start({ clients: 2, nodes: 2 });
    let moved = 0;
    const move = {
      weight: 3,
      run: async ({ client, n }: { client: (typeof test.clients)[0]; n: number }) => {
        if (client.connected) await client.request('move_card', { card: `${n}` }).then(() => moved++);
      },
    };
    const check = async () => {
      await endOfTurn();
      const ends = test.clients.map(({ rooms }) => rooms.get('board:1')!.position!.offset);
      expect(ends).toEqual([moved, moved]);
    };
    const options = { steps: 30, rooms: ['board:1'], actions: { move, drop: 1, reconnect: 2, kill: 1, restart: 1 } };
    await test.schedule({ ...options, check });
    expect(moved).toBeGreaterThan(0);
    const failing = { ...options, check: () => Promise.reject(new Error('the board is empty')) };
    expect(await failure(test.schedule({ ...failing, seed: 5 }))).toMatch(/^Seed 5 failed: the board is empty\n/);
  });

  it('stops at a step that fails', async () => {
    const test = await start({ clients: 1 });
    const actions = { emit: 1, explode: { weight: 1, run: () => Promise.reject(new Error('boom')) } };
    const text = await failure(test.schedule({ seed: 3, actions }));
    const [, step] = /^Seed 3 failed at step (\d+): boom\n/.exec(text)!;
    expect(text.split('\n').at(-1)).toBe(`${step.padStart(4)} explode (alice, nodes[0], room:1)`);
  });

  it('is not played from what cannot work', async () => {
    const test = await start({ clients: 1 });
    expect(await failure(test.schedule({ actions: { dorp: 1 } }))).toBe(
      'actions.dorp: there are emit, say, drop, reconnect, pause, resume, kill, restart. ' +
        'For another one, try { weight: 1, run: (scene) => … }.',
    );
    expect(await failure(test.schedule({ actions: { drop: -1 } }))).toBe('actions.drop: a weight is 0 or more, got -1');
    expect(await failure(test.schedule({ actions: {} }))).toBe('actions: none has a weight. Try { emit: 1 }.');
    expect(await failure(test.schedule({ seed: 1.5 }))).toBe('A seed is a whole number from 0 to 4294967295, got 1.5');
    expect(await failure(test.schedule({ steps: -1 }))).toBe('steps: expected 0 to 100000, got -1');
    expect(await failure((await start()).schedule({}))).toBe(
      'A schedule needs a client and a room. Try { clients: 2 }.',
    );
  });
});

describe('converged', () => {
  it('holds for those who are there, and tells who is behind', async () => {
    const test = await start({ clients: 3, nodes: 2 });
    const [alice, bob, carol] = test.clients;
    for (const client of test.clients) await client.join('board:1');
    carol.drop();
    await carol.closed;
    await test.nodes[0].get(EventsService).emit('card.moved', { card: 'one' }, { room: 'board:1' });
    await test.converged();
    bob.pauseReading();
    await test.nodes[0].get(EventsService).emit('card.moved', { card: 'two' }, { room: 'board:1' });
    expect(await failure(test.converged())).toMatch(
      /^Not converged:\n {2}bob in board:1: is at 1 of .{12}, and the stream ends at 2 of .{12}$/,
    );
    bob.resumeReading();
    await test.converged();
    await carol.reconnect();
    await alice.settled();
    await test.converged();
  });
});
