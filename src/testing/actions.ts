import { EventsService } from '../events/events.service';
import type { RoomName } from '../protocol/room-name';
import type { Random } from './random';
import type { TestClient } from './test-client';
import type { TestNode } from './test-node';

/** Whom and what a step is about: drawn by the seed, whether they are connected and running or not. */
export interface Scene {
  readonly client: TestClient;
  readonly node: TestNode;
  readonly nodes: readonly TestNode[];
  readonly clients: readonly TestClient[];
  readonly room: RoomName;
  /** The number of the step, from 1. */
  readonly n: number;
  /** More random numbers of the same seed. */
  readonly random: Random;
}

/** Something of the application's own that may happen. */
export interface Action {
  /** How often, beside the others. */
  readonly weight: number;
  readonly run: (scene: Scene) => unknown;
}

const EVENT = 'test.said';

/** What may happen in any application. Where it cannot, such as a second drop, nothing does. */
const RUNS: Readonly<Record<string, Action['run']>> = {
  /** The application publishes an event. */
  emit: async ({ node, nodes, room, n }) => {
    const speaker = node.alive ? node : nodes.find(({ alive }) => alive);
    await speaker?.get(EventsService).emit(EVENT as never, { n } as never, { room });
  },
  /** A client does, and does not wait for the answer. */
  say: ({ client, room, n }) => client.connected && client.send('chat', { room, text: String(n) }),
  drop: async ({ client }) => {
    client.drop();
    await client.closed;
  },
  reconnect: ({ client, node }) => client.connected || client.reconnect(node),
  pause: ({ client }) => client.connected && client.pauseReading(),
  resume: ({ client }) => client.connected && client.resumeReading(),
  /** Never the last one. */
  kill: async ({ node, nodes, clients }) => {
    if (nodes.filter(({ alive }) => alive).length < 2) return;
    const losing = clients.filter(({ tcp, ws }) => node.socketFrom(tcp?.localPort) && !ws.isPaused);
    await node.kill();
    await Promise.all(losing.map(({ closed }) => closed));
  },
  restart: ({ node }) => node.alive || node.restart(),
};

const WEIGHTS = { emit: 8, say: 4, drop: 2, reconnect: 4, pause: 1, resume: 2, kill: 1, restart: 2 };

/** How often each thing happens, beside the others: those of the kit by their weights, the application's own as actions. */
export type Actions = Readonly<Partial<Record<keyof typeof WEIGHTS, number>> & Record<string, number | Action>>;

/** @throws Error for what the kit does not have, and for weights that are none */
export function toActions(given: Actions = WEIGHTS): (Action & { readonly name: string })[] {
  const actions = Object.entries(given).map(([name, action]) => ({ name, ...toAction(name, action) }));
  const wrong = actions.find(({ weight }) => !(weight >= 0 && weight < Infinity));
  if (wrong) throw new RangeError(`actions.${wrong.name}: a weight is 0 or more, got ${wrong.weight}`);
  if (!actions.some(({ weight }) => weight > 0)) throw new RangeError('actions: none has a weight. Try { emit: 1 }.');
  return actions;
}

function toAction(name: string, action: number | Action): Action {
  if (typeof action !== 'number') return action;
  if (!Object.hasOwn(RUNS, name)) {
    const known = Object.keys(RUNS).join(', ');
    throw new Error(
      `actions.${name}: there are ${known}. For another one, try { weight: ${action}, run: (scene) => … }.`,
    );
  }
  return { weight: action, run: RUNS[name] };
}
