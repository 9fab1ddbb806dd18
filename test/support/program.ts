import { ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory that is gone after the test file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'nestjs-realtime-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const running: Program[] = [];

/** Ends what a test started, and the processes these started. */
export async function endPrograms(): Promise<void> {
  for (const program of running.splice(0)) await program.end();
}

interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A process of its own, whose output can be waited for. It sees little of the environment of the tests. */
export class Program {
  readonly exit: Promise<number | string>;
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  #onOutput: () => void = () => undefined;

  constructor(command: string, args: string[], { cwd, env }: ProgramOptions = {}) {
    const { PATH, HOME } = process.env;
    this.#child = spawn(command, args, { cwd, env: { PATH, HOME, NO_COLOR: '1', ...env }, detached: true });
    running.push(this);
    this.#child.stdout!.on('data', (text: Buffer) => this.#add('stdout', text));
    this.#child.stderr!.on('data', (text: Buffer) => this.#add('stderr', text));
    this.exit = new Promise((done) => this.#child.once('close', (code, signal) => done(code ?? signal!)));
  }

  get pid(): number {
    return this.#child.pid!;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Writes to its standard input. */
  say(text: string): void {
    this.#child.stdin!.write(text);
  }

  /** What a pattern finds in the output, as soon as it is there. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    const printed = new Promise<RegExpExecArray>((done) => {
      this.#onOutput = () => {
        const found = pattern.exec(this.stdout);
        if (found) done(found);
      };
      this.#onOutput();
    });
    const ended = this.exit.then((code) => {
      throw new Error(`${String(pattern)} was not printed; it ended with ${code}.\n${this.stdout}${this.stderr}`);
    });
    return Promise.race([printed, ended]);
  }

  /** Kills its process group, unless it has ended. */
  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) process.kill(-this.#child.pid!, 'SIGKILL');
    await this.exit;
  }

  #add(stream: 'stdout' | 'stderr', text: Buffer): void {
    this[stream] += text.toString();
    this.#onOutput();
  }
}
