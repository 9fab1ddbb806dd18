import { join } from 'node:path';
import { REGISTER } from './cluster';
import { Program } from './program';

const PROGRAM = join(__dirname, 'fleet-node.ts');

export interface Times {
  /** @default that of `RedisPresence` */
  readonly leaseMs?: number;
  /** @default 15_000 */
  readonly graceMs?: number;
  /** @default 300 */
  readonly windowMs?: number;
}

interface FleetOptions {
  /** Of Redis, as each node sees it. */
  readonly redis: readonly string[];
  /** The database they share; without it there is none. */
  readonly file?: string;
  readonly times?: Times;
}

/** Processes of one application behind a load balancer that knows no session, and learns late who is gone. */
export class Fleet {
  readonly nodes: FleetNode[] = [];
  /** Every process there was. */
  readonly #processes: Program[] = [];
  #turns: number[] = [];

  private constructor(private readonly options: FleetOptions) {}

  static async start(options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(options);
    fleet.nodes.push(...(await Promise.all(options.redis.map((_, at) => fleet.#startNode(at)))));
    return fleet;
  }

  /** Where the next client is led to: in random order, each node in its turn. */
  readonly pick = (): string => {
    if (!this.#turns.length) this.#turns = [...this.nodes.keys()];
    const [at] = this.#turns.splice(Math.floor(Math.random() * this.#turns.length), 1);
    return this.nodes[at].url;
  };

  /** Ends a process by this signal, and starts another one in its place. Returns how it ended. */
  async replace(at: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | string> {
    const { program } = this.nodes[at];
    program.signal(signal);
    const exit = await program.exit;
    this.nodes[at] = await this.#startNode(at);
    return exit;
  }

  /** What the processes complained about: errors, and rejections nobody handled. */
  get complaints(): string[] {
    return this.#processes.flatMap(({ stderr }) => stderr.trim() || []);
  }

  async #startNode(at: number): Promise<FleetNode> {
    const { redis, file = '', times = {} } = this.options;
    const args = [redis[at], file, JSON.stringify(times)];
    const program = new Program(process.execPath, ['--require', REGISTER, PROGRAM, ...args]);
    this.#processes.push(program);
    const [, port] = await program.prints(/listens on (\d+)\./);
    return { program, url: `ws://127.0.0.1:${port}/ws` };
  }
}

interface FleetNode {
  readonly program: Program;
  readonly url: string;
}
