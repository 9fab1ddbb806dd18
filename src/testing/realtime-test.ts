import { setImmediate as endOfTurn } from 'node:timers/promises';
import { Clock } from '../async/clock';
import { AuthOptions } from '../auth/auth.options';
import { ConvergenceCheck } from './convergence-check';
import { playSchedule, Schedule, ScheduleOptions } from './schedule';
import { InMemoryCluster } from './cluster/in-memory-cluster';
import { Dialled, TestClient } from './test-client';
import { NodeOptions, TestNode } from './test-node';
import { signToken, TestUser, TokenOf, toUsers } from './test-user';
import { VirtualClock } from './virtual-clock';

export interface RealtimeTestOptions extends NodeOptions {
  /** How many users, named alice, bob, carol …; or who they are. Each has one client. @default 0 */
  clients?: number | readonly (string | TestUser)[];
  /** How many nodes; clients are spread over them in turn. @default 1 */
  nodes?: number;
  /** `virtual`: time stands still until the test moves it on. @default 'system' */
  clock?: 'system' | 'virtual';
  /** Makes a user's credential. @default signed with the application's `auth.secret` */
  token?: TokenOf;
}

/** All of them, so that a misspelt one is not silently without effect. */
const OPTIONS: Readonly<Record<keyof RealtimeTestOptions, true>> = {
  imports: true,
  providers: true,
  controllers: true,
  overrides: true,
  configure: true,
  http: true,
  limited: true,
  logger: true,
  clients: true,
  nodes: true,
  clock: true,
  token: true,
};

/** How long it takes at most until what was sent over the loopback has been read, turns of the event loop. */
const MAX_TURNS = 1_000;

/**
 * Boots an application, as one node or several, and connects clients to it. To be closed at the end of the test, by
 * `close()` or `await using`.
 * @throws Error when the application does not boot, or refuses a client; TypeError and RangeError for wrong options
 */
export async function realtimeTest(options: RealtimeTestOptions): Promise<RealtimeTest> {
  const users = toUsers(options.clients ?? 0);
  const test = new RealtimeTest(options);
  try {
    for (const node of test.nodes) await node.restart();
    for (const [i, user] of users.entries()) await test.connect(user, test.nodes[i % test.nodes.length]);
    return test;
  } catch (error) {
    await test.close();
    throw error;
  }
}

/** Nodes and their clients, for the time of a test. All of it can be taken out of it by name. */
export class RealtimeTest implements AsyncDisposable {
  readonly nodes: readonly TestNode[];
  /** In the order they came. */
  readonly clients: TestClient[] = [];
  readonly #clock: Clock;
  readonly #site: InMemoryCluster;
  #closing: Promise<void> | undefined;

  constructor(private readonly options: RealtimeTestOptions) {
    checkOptions(options);
    const { nodes = 1, clock } = options;
    this.#clock = clock === 'virtual' ? this.#virtual() : new Clock();
    this.#site = new InMemoryCluster(this.#clock);
    this.nodes = Array.from({ length: nodes }, (_, i) => new TestNode(i, options, this.#site, this.#clock));
  }

  /** @throws Error when the test was not given `clock: 'virtual'` */
  get clock(): VirtualClock {
    if (this.#clock instanceof VirtualClock) return this.#clock;
    throw new Error("This test runs by the system's clock. Try realtimeTest({ clock: 'virtual' }).");
  }

  /** Another client. @throws Error when the server refuses it */
  readonly connect = async (user: string | TestUser, node?: TestNode): Promise<TestClient> => {
    const [who] = toUsers([user]);
    let at = node;
    const client = new TestClient(who.id, async (next) => this.#dial(who, (at = this.#running(next ?? at))));
    await client.connect();
    this.clients.push(client);
    await client.next('auth_success');
    return client;
  };

  /**
   * Plays random steps that a seed says, brings everybody back, and has them converge.
   * @throws Error that tells what was wrong, all steps, and how to play them again
   */
  readonly schedule = (options: ScheduleOptions = {}): Promise<Schedule> => playSchedule(this, options);

  /**
   * Waits until everybody who is connected and in a room is at the end of its stream, and sees to it that all clients were
   * shown what is in it: in offset order, no hole, no repeat, unless they were told `recovered: false`.
   * @throws Error that tells who was shown what wrongly
   */
  readonly converged = async (): Promise<void> => {
    const faults = await new ConvergenceCheck(this).faults();
    if (faults.length) throw new Error(`Not converged:\n  ${faults.join('\n  ')}`);
  };

  /** Ends clients and nodes, and removes what they left. May be called again. */
  readonly close = (): Promise<void> => (this.#closing ??= this.#close());

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const client of this.clients) client.drop();
    try {
      await Promise.all(this.nodes.map((node) => node.close()));
    } finally {
      await this.#site.close();
    }
  }

  async #dial(user: TestUser, node: TestNode): Promise<Dialled> {
    const { token = (each: TestUser) => signToken(each, node.get(AuthOptions), this.#clock) } = this.options;
    const authorization = `Bearer ${await token(user)}`;
    return { url: node.url + (user.query ?? ''), options: { headers: { authorization }, perMessageDeflate: false } };
  }

  /** That node; or, where it is gone, the first that is not. */
  #running(node: TestNode = this.nodes[0]): TestNode {
    const running = node.alive ? node : this.nodes.find(({ alive }) => alive);
    if (!running) throw new Error('No node is running. Try nodes[0].restart().');
    return running;
  }

  #virtual(): VirtualClock {
    const clock = new VirtualClock();
    clock.whenMoved(() => this.#read());
    return clock;
  }

  /** Waits until nothing is on its way between the nodes and those clients that read. */
  async #read(): Promise<void> {
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      await endOfTurn();
      if (turn > 0 && this.clients.every((client) => this.#hasRead(client))) return;
    }
  }

  #hasRead({ tcp, ws, connected }: TestClient): boolean {
    if (!connected || !tcp) return true;
    const server = this.nodes.map((node) => node.socketFrom(tcp.localPort)).find((socket) => socket !== undefined);
    if (!server) return true;
    return server.bytesRead === tcp.bytesWritten && (ws.isPaused || tcp.bytesRead === server.bytesWritten);
  }
}

/** @throws TypeError, RangeError */
function checkOptions({ imports, nodes = 1, clock = 'system', ...others }: RealtimeTestOptions): void {
  const unknown = Object.keys(others).find((name) => !(name in OPTIONS));
  if (unknown)
    throw new TypeError(`${unknown} is no option of realtimeTest, which are ${Object.keys(OPTIONS).join(', ')}`);
  if (!Array.isArray(imports)) throw new TypeError('imports: expected the modules of your application, as [AppModule]');
  if (!Number.isSafeInteger(nodes) || nodes < 1) throw new RangeError(`nodes: expected 1, 2 …, got ${nodes}`);
  if (clock !== 'system' && clock !== 'virtual') {
    throw new TypeError(`clock: expected 'system' or 'virtual', got '${String(clock)}'`);
  }
}
