import type { TestClient } from './client';

/** A healthy client that pings all the time, while a test does harm elsewhere. */
export class Pulse {
  readonly roundTripsMs: number[] = [];
  #stopped = false;
  readonly #done: Promise<void>;

  constructor(private readonly client: TestClient) {
    this.#done = this.#beat();
  }

  /** How long pings took while it ran: 19 of 20 no longer than this; the rest may be the machine's doing. */
  async stop(): Promise<number> {
    this.#stopped = true;
    await this.#done;
    const sorted = this.roundTripsMs.sort((a, b) => a - b);
    return sorted[Math.ceil(sorted.length * 0.95) - 1];
  }

  async #beat(): Promise<void> {
    while (!this.#stopped) {
      const start = performance.now();
      await this.client.settled();
      this.roundTripsMs.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}
