import cluster, { Worker } from 'node:cluster';
import { once } from 'node:events';
import { join } from 'node:path';
import { Subject } from 'rxjs';
import { Backplane, Delivery, PageRequest, Publication, Retention, RoomName, StreamPosition } from '../../src';
import type { StoredPublication, StreamPage } from '../../src';
import type { ClusterBackplaneOptions } from '../../src/adapters/ipc/cluster.options';
import { fromFailure } from '../../src/adapters/ipc/failure';
import type { FromNode, Op, Order, RemoteCall, Result } from './cluster-node';

/** For `--require`: lets a program be TypeScript. */
export const REGISTER = join(__dirname, 'cluster-register.js');

const RETENTION: Retention = {
  limitsOf: () => ({ maxPublications: 1000, maxAgeMs: 86_400_000 }),
  maxTotalBytes: 256 * 1024 * 1024,
};

const running = new Set<ClusterWorker>();
let names = 0;

/** A worker of this process' own cluster, which does what it is told. */
export class ClusterWorker {
  readonly #waiting = new Map<number, (results: readonly Result[]) => void>();
  readonly #nodes = new Map<string, RemoteBackplane>();
  readonly exited: Promise<unknown[]>;
  /** What it printed. */
  stdout = '';
  #ids = 0;

  private constructor(readonly worker: Worker) {
    this.exited = once(worker, 'exit');
    worker.process.stdout!.on('data', (text: Buffer) => (this.stdout += text.toString()));
    worker.process.on('message', (message: FromNode) => this.#receive(message));
    running.add(this);
  }

  static async fork(serialization: 'advanced' | 'json' = 'advanced'): Promise<ClusterWorker> {
    setUpCluster(serialization);
    const forked = new ClusterWorker(cluster.fork());
    await once(forked.worker, 'message');
    return forked;
  }

  /** A `ClusterBackplane` in that process. */
  async open(options?: ClusterBackplaneOptions, retention: Partial<Retention> = {}): Promise<RemoteBackplane> {
    const node = `node${++names}`;
    const remote = new RemoteBackplane(this, node, { ...RETENTION, ...retention });
    this.#nodes.set(node, remote);
    const [opened] = await this.order({ order: 'open', node, options });
    unwrap(opened);
    await remote.run('configure', remote.retention.maxTotalBytes, remote.retention.maxBytesPerUser);
    return remote;
  }

  order(order: Order): Promise<readonly Result[]> {
    const id = ++this.#ids;
    this.worker.process.send({ kind: 'test.order', id, order });
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  async kill(): Promise<void> {
    running.delete(this);
    this.worker.process.kill('SIGKILL');
    await this.exited;
  }

  #receive(message: FromNode): void {
    if (message.kind === 'test.delivery') this.#nodes.get(message.node)!.delivered.next(message.delivery);
    if (message.kind === 'test.done') this.#waiting.get(message.id)!(message.results);
  }
}

/** Stops the workers a test started. */
export async function killWorkers(): Promise<void> {
  for (const worker of running) await worker.kill();
}

/** Makes this process the primary of workers that run a program beside this file. */
export function setUpCluster(serialization: 'advanced' | 'json' = 'advanced', program = 'cluster-node.ts'): void {
  const exec = join(__dirname, program);
  cluster.setupPrimary({ exec, args: [], execArgv: ['--require', REGISTER], silent: true, serialization });
}

/** The backplane of a worker, in the test's hands. */
export class RemoteBackplane extends Backplane {
  readonly delivered = new Subject<Delivery>();
  override readonly deliveries = this.delivered.asObservable();

  constructor(
    readonly process: ClusterWorker,
    readonly node: string,
    readonly retention: Retention,
  ) {
    super();
  }

  override publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    return this.run('publish', room, publication) as Promise<StreamPosition>;
  }

  override subscribe(room: RoomName): Promise<StreamPosition> {
    return this.run('subscribe', room) as Promise<StreamPosition>;
  }

  override async unsubscribe(room: RoomName): Promise<void> {
    await this.run('unsubscribe', room);
  }

  override read(room: RoomName, since: StreamPosition, maxBytes?: number): Promise<readonly StoredPublication[]> {
    return this.run('read', room, since, maxBytes) as Promise<readonly StoredPublication[]>;
  }

  override page(room: RoomName, request: PageRequest): Promise<StreamPage> {
    return this.run('page', room, request) as Promise<StreamPage>;
  }

  override async close(): Promise<void> {
    await this.run('close');
  }

  async run(op: Op, ...args: unknown[]): Promise<unknown> {
    const [result] = await this.together([this.call(op, ...args)]);
    return unwrap(result);
  }

  /** Calls of one turn of the worker. */
  together(calls: readonly RemoteCall[]): Promise<readonly Result[]> {
    return this.process.order({ order: 'run', node: this.node, calls });
  }

  call(op: Op, ...args: unknown[]): RemoteCall {
    const [room] = args;
    return { op, args, limits: typeof room === 'string' ? this.retention.limitsOf(room) : undefined };
  }
}

function unwrap(result: Result): unknown {
  if (!result.failure) return result.value;
  throw Object.assign(fromFailure(result.failure), { cause: result.cause });
}
