import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Benchmark } from './benchmarks/benchmark';
import { chat } from './benchmarks/chat';
import { fanOut, forms, listening } from './benchmarks/fan-out';
import { handshake } from './benchmarks/handshake';
import { memory } from './benchmarks/memory';
import { ping } from './benchmarks/ping';
import { slowConsumers } from './benchmarks/slow-consumers';
import { smallRooms } from './benchmarks/small-rooms';
import { storm } from './benchmarks/storm';
import { redisRooms } from './benchmarks/redis-rooms';
import { twoNodes } from './benchmarks/two-nodes';
import type { Sample } from './measure';
import type { PeerName } from './peers/peer';
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
const LEFT_OUT = /-5000-|^(listening|forms|chat|two-nodes|redis)/;

export interface Result {
  readonly benchmark: Benchmark;
  readonly samples: Map<PeerName, Sample[]>;
}

/** `npm run bench -- [name …] [--quick] [--runs N] [--json FILE]` */
async function main(args: string[]): Promise<void> {
  const quick = args.includes('--quick');
  const runs = Number(valueOf(args, '--runs') ?? (quick ? 1 : 5));
  const names = args.filter((arg, i) => !arg.startsWith('--') && !args[i - 1]?.match(/^--(runs|json)$/));
  const chosen = BENCHMARKS.filter(({ name }) =>
    names.length ? names.some((given) => name.startsWith(given)) : !quick || !LEFT_OUT.test(name),
  );
  const results: Result[] = [];
  for (const benchmark of chosen) results.push(await runInterleaved(benchmark, runs, quick ? 0.2 : 1));
  const markdown = toMarkdown(results);
  console.log(
    `\nNode ${process.version}, ${cpus().length} × ${cpus()[0].model}, ${runs} interleaved runs\n\n${markdown}`,
  );
  const json = valueOf(args, '--json');
  if (json)
    writeFileSync(
      json,
      JSON.stringify(
        results.map(({ benchmark, samples }) => ({
          name: benchmark.name,
          unit: benchmark.unit,
          samples: Object.fromEntries(samples),
        })),
        null,
        2,
      ),
    );
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

function valueOf(args: string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

void main(process.argv.slice(2));
