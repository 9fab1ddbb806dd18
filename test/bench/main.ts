import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmarks/benchmark';
import { chat } from './benchmarks/chat';
import { fanOut, forms, listening } from './benchmarks/fan-out';
import { handshake } from './benchmarks/handshake';
import { memory } from './benchmarks/memory';
import { pacedRooms } from './benchmarks/paced-rooms';
import { ping } from './benchmarks/ping';
import { slowConsumers } from './benchmarks/slow-consumers';
import { smallRooms } from './benchmarks/small-rooms';
import { storm } from './benchmarks/storm';
import { redisRooms } from './benchmarks/redis-rooms';
import { twoNodes } from './benchmarks/two-nodes';
import type { Sample } from './measure';
import { BEFORE, PeerName } from './peers/peer';
import { toMarkdown } from './table';

const BENCHMARKS: readonly Benchmark[] = [
  fanOut(1000, 1, 300),
  fanOut(1000, 16, 60),
  fanOut(5000, 1, 60),
  fanOut(5000, 16, 15),
  listening(10, 1, 10_000),
  listening(1000, 1, 300),
  listening(1000, 16, 60),
  smallRooms(100),
  pacedRooms(3000, 3),
  pacedRooms(8000, 3),
  ping(1, 2000),
  ping(32, 120),
  handshake(8000),
  storm(10_000),
  memory(10_000),
  slowConsumers(100),
  forms(60),
  chat(10, 1000),
  chat(10),
  twoNodes(1, 2000),
  twoNodes(64, 300),
  twoNodes(512, 40),
  twoNodes(64, 300, 1000),
  redisRooms(2000),
];

/** Not in the short form unless they are named: more of the same, other forms, other programs. */
const LEFT_OUT = /-5000-|^(paced|listening|forms|chat|two-nodes|redis)/;

export interface Result {
  readonly benchmark: Benchmark;
  readonly samples: Map<PeerName, Sample[]>;
}

const USAGE = `npm run bench -- [name …] [--quick] [--runs N] [--json FILE] [--before DIRECTORY]
--before compares with another checkout alone: run its own "npm run bench -- --quick memory" first, which builds it.
A name chooses all that begin with it: ${BENCHMARKS.map(({ name }) => name).join(', ')}`;

async function main(args: string[]): Promise<void> {
  const { names, quick, runs, json, before } = read(args);
  const chosen = BENCHMARKS.filter(({ name }) =>
    names.length ? names.some((given) => name.startsWith(given)) : !quick || !LEFT_OUT.test(name),
  );
  const results: Result[] = [];
  if (before) process.env.BENCH_BEFORE = resolve(before);
  for (const benchmark of chosen) {
    const peers = before ? (['ours', BEFORE] as const) : benchmark.peers;
    results.push(await runInterleaved({ ...benchmark, peers }, runs, quick ? 0.2 : 1));
  }
  const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, ${runs} interleaved runs`;
  console.log(`\n${machine}\n\n${toMarkdown(results)}`);
  if (json) writeFileSync(json, toJson(results));
}

/** Ends the process, and says how it is used, where that is not what they mean. */
function read(args: string[]) {
  try {
    const { values, positionals: names } = parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        runs: { type: 'string' },
        json: { type: 'string' },
        before: { type: 'string' },
      },
      allowPositionals: true,
    });
    const { quick, json, before, runs = quick ? 1 : 5 } = values;
    const unknown = names.find((given) => !BENCHMARKS.some(({ name }) => name.startsWith(given)));
    if (unknown) throw new Error(`There is no benchmark '${unknown}'.`);
    if (!(Number(runs) >= 1)) throw new Error(`--runs must be a number from 1 on, got '${runs}'.`);
    return { names, quick, json, before, runs: Number(runs) };
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}

function toJson(results: readonly Result[]): string {
  const plain = results.map(({ benchmark: { name, unit }, samples }) => {
    return { name, unit, samples: Object.fromEntries(samples) };
  });
  return JSON.stringify(plain, null, 2);
}

/** Every run takes its turn with each peer, so that a noisy minute hits all of them. */
async function runInterleaved(benchmark: Benchmark, runs: number, scale: number): Promise<Result> {
  const samples = new Map<PeerName, Sample[]>(benchmark.peers.map((peer) => [peer, []]));
  for (let run = 0; run < runs; run++) {
    for (const peer of benchmark.peers) {
      const sample = await benchmark.run(peer, scale);
      samples.get(peer)!.push(sample);
      const verdict = sample.invalid ? ` INVALID: ${sample.invalid}` : '';
      console.error(
        `${benchmark.name} ${peer}: ${sample.perUnit.toFixed(2)} ${benchmark.unit}${verdict} ${sample.parts ?? ''}`,
      );
    }
  }
  return { benchmark, samples };
}

void main(process.argv.slice(2));
