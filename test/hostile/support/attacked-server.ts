import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestClient } from '../../support/client';
import type { RealtimeModulesOptions } from '../../support/realtime-modules';
import { REGISTER } from '../../support/cluster';
import { Program } from '../../support/program';
import { tokenFor, TokenOptions } from '../../support/tokens';

const APPLICATION = join(__dirname, 'application.ts');
const ATTACKS = join(__dirname, '../attacks');

export interface ServerSettings {
  /** The URL of the Redis that its nodes share. @default undefined: it runs alone */
  readonly redis?: string;
  /** The URL of its PostgreSQL. @default undefined: an SQLite file of its own */
  readonly postgres?: string;
  /** Its SQLite file. @default a new one */
  readonly file?: string;
  /** What an attack needs turned on, as JSON: everything else has its default. */
  readonly options?: RealtimeModulesOptions;
  /** Arguments for Node, such as a small heap. */
  readonly nodeArguments?: readonly string[];
}

/** A server with default options in a process of its own, as an attacker and its victims find it. */
export class AttackedServer {
  private constructor(
    readonly program: Program,
    readonly port: number,
    /** The file of its database. */
    readonly file: string,
  ) {}

  /** Starts one whose database is in this directory. */
  static async start(directory: string, settings: ServerSettings = {}): Promise<AttackedServer> {
    const { nodeArguments = [], ...rest } = settings;
    const { file = join(directory, `${Math.random().toString(36).slice(2)}.sqlite`) } = settings;
    const argument = JSON.stringify({ ...rest, file });
    const program = new Program(process.execPath, [...nodeArguments, '--require', REGISTER, APPLICATION, argument]);
    const [, port] = await program.prints(/listens on (\d+)\./);
    return new AttackedServer(program, Number(port), file);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  /** A signed-in client whose `auth_success` has been read. */
  async connect(userId: string, query = '', token: TokenOptions = {}): Promise<TestClient> {
    const headers = { authorization: `Bearer ${tokenFor(userId, token)}` };
    const client = await TestClient.open(this.url + query, { headers });
    await client.next('auth_success');
    return client;
  }

  /** The memory that the process holds now, in bytes (resident set size). */
  get residentBytes(): number {
    const status = readFileSync(`/proc/${this.program.pid}/status`, 'latin1');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
  }

  /** Starts `test/hostile/attacks/<name>.ts` in a process of its own: its arguments are this server's URL and these. */
  attack(name: string, ...args: readonly string[]): Program {
    return new Program(process.execPath, ['--require', REGISTER, join(ATTACKS, `${name}.ts`), this.url, ...args]);
  }
}
