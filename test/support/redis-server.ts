import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Program } from './program';

const INSTALL = 'redis-server is not installed. Try: apt-get install redis-server';
/** A cluster's nodes talk to each other on another port, by default 10,000 above. */
const CLUSTER = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1500', '--cluster-config-file', 'nodes.conf'];
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];

const running = new Set<RedisServer>();

/** Stops the servers a test file started, and forgets what they held. */
export async function stopRedis(): Promise<void> {
  await Promise.all(Array.from(running, (server) => server.stop()));
}

interface Kind {
  /** Loses nothing when it is killed. */
  durable?: boolean;
  cluster?: boolean;
  replicaOf?: RedisServer;
}

/** A Redis server of the tests' own, on a free port, which can be killed, paused, and started again. */
export class RedisServer {
  readonly #directory = mkdtempSync(join(tmpdir(), 'nestjs-realtime-redis-'));
  #program: Program | undefined;

  private constructor(
    readonly port: number,
    private readonly settings: readonly string[],
    /** Where the nodes of its cluster talk to it. */
    readonly bus?: number,
  ) {
    running.add(this);
  }

  static async start({ durable = false, cluster = false, replicaOf }: Kind = {}): Promise<RedisServer> {
    checkInstalled();
    const [port, bus] = await freePorts(2);
    const settings = [
      ...(durable ? DURABLE : ['--save', '']),
      ...['--repl-diskless-sync-delay', '0'],
      ...(cluster ? [...CLUSTER, '--cluster-port', `${bus}`] : []),
      ...(replicaOf ? ['--replicaof', `127.0.0.1 ${replicaOf.port}`] : []),
    ];
    const server = new RedisServer(port, settings, cluster ? bus : undefined);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again, with what it kept. */
  async restart(): Promise<void> {
    const place = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.#directory];
    this.#program = new Program('redis-server', [...place, ...this.settings]);
    await this.#program.prints(/Ready to accept connections/);
  }

  /** Without a warning. */
  async kill(): Promise<void> {
    await this.#program?.end();
  }

  /** It goes on existing, and does nothing. */
  pause(): void {
    this.#program!.signal('SIGSTOP');
  }

  resume(): void {
    this.#program!.signal('SIGCONT');
  }

  /** The file it appends to, when it is durable, and how much it has taken so far. */
  appended(): { path: string; size: number } {
    const directory = join(this.#directory, 'appendonlydir');
    const file = readdirSync(directory).find((name) => name.endsWith('.incr.aof'))!;
    const path = join(directory, file);
    return { path, size: statSync(path).size };
  }

  /** Runs one command, over a connection of its own. */
  command(name: string, ...args: (string | number)[]): Promise<unknown> {
    return commandAt(this.port, name, ...args);
  }

  async stop(): Promise<void> {
    running.delete(this);
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Runs one command at whatever listens there. */
export async function commandAt(port: number, name: string, ...args: (string | number)[]): Promise<unknown> {
  const client = new Redis(port, '127.0.0.1');
  try {
    return await client.call(name, ...args);
  } finally {
    client.disconnect();
  }
}

/** As many ports nobody listens on, below those that outgoing connections get: a server finds its own again. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function checkInstalled(): void {
  try {
    execFileSync('redis-server', ['--version']);
  } catch {
    throw new Error(INSTALL);
  }
}
