import cluster from 'node:cluster';
import type { Delivery } from '../../src/publishing/backplane';
import { ClusterBackplane } from '../../src/adapters/ipc/cluster.backplane';
import type { ClusterBackplaneOptions } from '../../src/adapters/ipc/cluster.options';
import { Failure, toFailure } from '../../src/adapters/ipc/failure';
import type { Limits } from '../../src/adapters/ipc/room-limits';
import type { RoomName } from '../../src/protocol/room-name';

// The program of a worker that does with its backplane what a test in the primary's process orders.

export type Op = 'publish' | 'subscribe' | 'unsubscribe' | 'read' | 'page' | 'configure' | 'close';

export interface RemoteCall {
  readonly op: Op;
  readonly args: readonly unknown[];
  /** What the room's stream may keep. */
  readonly limits?: Limits;
}

export type Order =
  | { readonly order: 'open'; readonly node: string; readonly options?: ClusterBackplaneOptions }
  | { readonly order: 'run'; readonly node: string; readonly calls: readonly RemoteCall[] }
  /** What the largest message from the primary held so far. */
  | { readonly order: 'largest' }
  /** Ends the channel; what came of the calls, made before and after, goes to stdout. */
  | { readonly order: 'disconnect'; readonly node: string; readonly calls: readonly RemoteCall[] }
  /** Never comes back to its event loop. */
  | { readonly order: 'block' };

export type Result =
  { readonly value: unknown; readonly failure?: undefined } | { readonly failure: Failure; readonly cause?: string };

export type FromNode =
  | { readonly kind: 'test.done'; readonly id: number; readonly results: readonly Result[] }
  | { readonly kind: 'test.delivery'; readonly node: string; readonly delivery: Delivery };

interface Open {
  readonly backplane: ClusterBackplane;
  readonly limits: Map<RoomName, Limits>;
}

const nodes = new Map<string, Open>();
let largest = 0;

process.on('message', (message: { kind?: string; id: number; order: Order; news?: { answer?: unknown }[] }) => {
  if (message.kind === 'realtime.news') largest = Math.max(largest, bytesOf(message.news));
  if (message.kind !== 'test.order') return;
  void obey(message.order).then((results) => tell({ kind: 'test.done', id: message.id, results }));
  if (message.order.order === 'block') for (;;);
});
process.send!({ kind: 'test.ready' });

async function obey(order: Order): Promise<Result[]> {
  switch (order.order) {
    case 'open':
      return [await settle(() => open(order.node, order.options))];
    case 'run':
      return run(order.node, order.calls);
    case 'largest':
      return [{ value: largest }];
    case 'disconnect':
      return disconnect(order.node, order.calls);
    case 'block':
      return [];
  }
}

function open(node: string, options?: ClusterBackplaneOptions): void {
  const backplane = new ClusterBackplane(options);
  backplane.deliveries.subscribe((delivery) => tell({ kind: 'test.delivery', node, delivery }));
  nodes.set(node, { backplane, limits: new Map() });
}

/** Makes these calls in one turn. */
function run(node: string, calls: readonly RemoteCall[]): Promise<Result[]> {
  const { backplane, limits } = nodes.get(node)!;
  return Promise.all(
    calls.map(({ op, args, limits: limit }) => {
      if (limit) limits.set(args[0] as RoomName, limit);
      if (op !== 'configure') return settle(() => (backplane[op] as (...args: unknown[]) => unknown)(...args));
      const [maxTotalBytes, maxBytesPerUser] = args as [number, number | undefined];
      const retention = { limitsOf: (room: RoomName) => limits.get(room)!, maxTotalBytes, maxBytesPerUser };
      return settle(() => backplane.configure(retention));
    }),
  );
}

function disconnect(node: string, calls: readonly RemoteCall[]): Result[] {
  const pending = run(node, calls);
  // Or the cluster ends the process at once.
  cluster.worker!.exitedAfterDisconnect = true;
  process.once('disconnect', () => {
    void Promise.all([pending, run(node, calls)]).then((results) => {
      process.stdout.write(JSON.stringify(results), () => process.exit());
    });
  });
  setImmediate(() => process.disconnect());
  return [];
}

async function settle(work: () => unknown): Promise<Result> {
  try {
    return { value: await work() };
  } catch (error) {
    const { cause, message } = error as Error;
    return { failure: toFailure(error), cause: cause instanceof Error ? cause.message : message };
  }
}

function tell(message: FromNode): void {
  if (process.connected) process.send!(message);
}

function bytesOf(news: { answer?: unknown }[] = []): number {
  const publications = news.flatMap(({ answer }) => (Array.isArray(answer) ? (answer as { body: Uint8Array }[]) : []));
  return publications.reduce((bytes, { body }) => bytes + body.length, 0);
}
