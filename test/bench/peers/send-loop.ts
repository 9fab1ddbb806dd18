import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pad, PeerServer } from './peer';

// Not where the compiler puts the rest.
const SOURCE = join(__dirname, '../../../../test/bench/peers/send-loop.c');

/** What a C program costs that does nothing but `send`: the least that any server can. Needs `cc`. */
export async function startSendLoop(): Promise<PeerServer> {
  const loop = spawn(compiled(), { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(loop.stdout);
  const { port } = JSON.parse(await next(lines)) as { port: number };
  return {
    port,
    broadcast: (first, count, filling = pad(45)) => void loop.stdin.write(`b ${first} ${count} ${filling}\n`),
    async cpuMicros() {
      loop.stdin.write('u\n');
      return (JSON.parse(await next(lines)) as { cpuMicros: number }).cpuMicros;
    },
  };
}

async function next(lines: NodeJS.EventEmitter): Promise<string> {
  return ((await once(lines, 'line')) as [string])[0];
}

function compiled(): string {
  const directory = mkdtempSync(join(tmpdir(), 'send-loop-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const program = join(directory, 'send-loop');
  execFileSync('cc', ['-O2', '-o', program, SOURCE], { stdio: 'inherit' });
  return program;
}
