import { performance } from 'node:perf_hooks';
import type { ServerProcess } from './server-process';

/** What one run of one benchmark on one peer came to. */
export interface Sample {
  /** CPU time of the server process per unit, microseconds (or bytes, for memory). */
  readonly perUnit: number;
  /** Units per second of wall clock. */
  readonly rate: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** How late the event loop of the server was, where that was watched. */
  readonly loopP99Ms?: number;
  readonly loopMaxMs?: number;
  /** Why the run does not count: a client missed something, or got it twice or out of order. */
  readonly invalid?: string;
  /** Where the cost lies. */
  readonly parts?: string;
}

/** Measures the server's CPU time over some work. */
export async function measure(server: ServerProcess, units: number, work: () => Promise<Latencies>): Promise<Sample> {
  const before = await server.cpu();
  const start = performance.now();
  const latencies = await work();
  const seconds = (performance.now() - start) / 1000;
  const cpuMicros = (await server.cpu()) - before;
  return { perUnit: cpuMicros / units, rate: units / seconds, ...latencies.percentiles() };
}

/** Measures what part of the server's busy time went into listening to what it does, percent. */
export async function measureListening(
  server: ServerProcess,
  units: number,
  work: () => Promise<Latencies>,
): Promise<Sample> {
  await server.profile();
  const start = performance.now();
  const latencies = await work();
  const seconds = (performance.now() - start) / 1000;
  return { perUnit: 100 * (await server.listening()), rate: units / seconds, ...latencies.percentiles() };
}

/** Latencies in milliseconds. */
export class Latencies {
  readonly #values: number[] = [];

  add(ms: number): void {
    this.#values.push(ms);
  }

  /** All that another one has. */
  take(other: Latencies): void {
    this.#values.push(...other.#values);
  }

  percentiles(): { p50Ms?: number; p99Ms?: number } {
    if (!this.#values.length) return {};
    const sorted = this.#values.sort((a, b) => a - b);
    const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
    return { p50Ms: at(0.5), p99Ms: at(0.99) };
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
