import { readFileSync } from 'node:fs';
import type { TestClient } from './client';

const ROUNDS = 3;
const HEALTHY_MS = 100;

/**
 * How long a healthy client's pings take while a test does harm elsewhere, milliseconds: 19 of 20 no longer than this.
 * Time in which a busy machine had no core for this process is not counted, and the best of three rounds counts.
 */
export async function pulseDuring(client: TestClient, harm: () => Promise<void>): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS && best >= HEALTHY_MS; round++) {
    const pulse = new Pulse(client);
    await harm();
    best = Math.min(best, await pulse.stop());
  }
  return best;
}

class Pulse {
  readonly #roundTripsMs: number[] = [];
  #stopped = false;
  readonly #done: Promise<void>;

  constructor(private readonly client: TestClient) {
    this.#done = this.#beat();
  }

  async stop(): Promise<number> {
    this.#stopped = true;
    await this.#done;
    const sorted = this.#roundTripsMs.sort((a, b) => a - b);
    return sorted[Math.ceil(sorted.length * 0.95) - 1];
  }

  async #beat(): Promise<void> {
    do {
      const start = performance.now() - withoutCoreMs();
      await this.client.settled();
      this.#roundTripsMs.push(performance.now() - withoutCoreMs() - start);
      await new Promise((resolve) => setTimeout(resolve, 2));
    } while (!this.#stopped);
  }
}

/** How long this thread has been ready to run and was not run, as far as the system says so. */
export function withoutCoreMs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
