import type { RoomName } from '../protocol/room-name';
import { Action, Actions, Scene, toActions } from './actions';
import type { Scenery } from './convergence-check';
import { Random } from './random';
import type { TestClient } from './test-client';

export interface ScheduleOptions {
  /** The same seed, the same steps. @default REALTIME_SEED of the environment, or a random one */
  seed?: number;
  /** @default 50 */
  steps?: number;
  /** All clients join them. @default ['room:1'] */
  rooms?: readonly RoomName[];
  /** @default { emit: 8, say: 4, drop: 2, reconnect: 4, pause: 1, resume: 2, kill: 1, restart: 2 } */
  actions?: Actions;
  /** What else must hold when all are back: it throws where it does not. */
  check?: () => unknown;
}

/** What was played. */
export interface Schedule {
  readonly seed: number;
  readonly steps: readonly string[];
}

/** Where it is played. */
interface Stage extends Scenery {
  converged(): Promise<void>;
}

type Step = Scene & Pick<Action, 'run'> & { readonly name: string };

const DEFAULTS: Required<Pick<ScheduleOptions, 'steps' | 'rooms'>> = { steps: 50, rooms: ['room:1'] };
const MAX_STEPS = 100_000;
const MAX_SEED = 2 ** 32 - 1;

/** Plays random steps on a stage, brings all back, and has them converge. @throws Error that says how to play it again */
export async function playSchedule(stage: Stage, options: ScheduleOptions): Promise<Schedule> {
  const seed = seedOf(options);
  const { rooms = DEFAULTS.rooms, check } = options;
  const steps = draw(stage, { ...DEFAULTS, ...options, rooms }, new Random(seed));
  const schedule = { seed, steps: steps.map(describe) };
  let played = 0;
  try {
    for (const client of stage.clients) await joinAll(client, rooms);
    for (const step of steps) {
      played++;
      await step.run(step);
    }
    await heal(stage);
    await stage.converged();
    await check?.();
  } catch (error) {
    throw failed(schedule, played, error);
  }
  return schedule;
}

function seedOf({ seed }: ScheduleOptions): number {
  const given = seed ?? process.env.REALTIME_SEED ?? Math.floor(Math.random() * MAX_SEED);
  const number = Number(given);
  if (Number.isSafeInteger(number) && number >= 0 && number <= MAX_SEED) return number;
  throw new RangeError(`A seed is a whole number from 0 to ${MAX_SEED}, got ${JSON.stringify(given)}`);
}

/** All steps, before the first is played: what becomes of one has no influence on the next. */
function draw(
  { clients, nodes }: Stage,
  { steps, rooms, actions }: ScheduleOptions & typeof DEFAULTS,
  random: Random,
): Step[] {
  if (!clients.length || !rooms.length) throw new Error('A schedule needs a client and a room. Try { clients: 2 }.');
  if (!(steps >= 0 && steps <= MAX_STEPS)) throw new RangeError(`steps: expected 0 to ${MAX_STEPS}, got ${steps}`);
  const choices = toActions(actions);
  return Array.from({ length: steps }, (_, i) => {
    const { name, run } = choose(choices, random);
    const [client, node, room] = [random.pick(clients), random.pick(nodes), random.pick(rooms)];
    return { name, run, client, clients, node, nodes, room, n: i + 1, random };
  });
}

function choose<Choice extends Action>(choices: readonly Choice[], random: Random): Choice {
  let left = random.next() * choices.reduce((total, { weight }) => total + weight, 0);
  return choices.find(({ weight }) => (left -= weight) < 0) ?? choices[0];
}

async function joinAll(client: TestClient, rooms: readonly RoomName[]): Promise<void> {
  for (const room of rooms) if (!client.rooms.get(room)?.joined) await client.join(room);
}

/** All nodes run, all clients read and are back. */
async function heal({ nodes, clients }: Stage): Promise<void> {
  for (const node of nodes) if (!node.alive) await node.restart();
  for (const client of clients) {
    if (client.connected) client.resumeReading();
    // Who was too slow learns only now that it was closed.
    await client.settled().catch(() => undefined);
    if (!client.connected) await client.reconnect();
  }
}

function describe({ n, name, client, node, room }: Step): string {
  return `${String(n).padStart(4)} ${name} (${client.name}, ${node.name}, ${room})`;
}

function failed({ seed, steps }: Schedule, played: number, cause: unknown): Error {
  const what = cause instanceof Error ? cause.message : String(cause);
  const where = played < steps.length ? ` at step ${played}` : '';
  return new Error(
    `Seed ${seed} failed${where}: ${what}\n` +
      `To play it again: REALTIME_SEED=${seed} in front of the command that ran this test, or schedule({ seed: ${seed} }).\n` +
      `Its steps, and whom each was about:\n${steps.slice(0, Math.max(played, 1)).join('\n')}`,
    { cause },
  );
}
