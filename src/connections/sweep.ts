import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import type { Connection } from './connection';
import { Connections } from './connections';

export type Visit = (connection: Connection, now: number) => void;

/** How late a deadline may be noticed, milliseconds. */
export const SWEEP_MS = 250;

/**
 * One timer for the deadlines of all connections: four times a second it walks them and asks each visitor. A timer per
 * deadline and connection would cost memory and CPU for every frame; this costs some 30 ns per connection and walk.
 */
@Injectable()
export class Sweep implements OnApplicationShutdown {
  readonly #visits: Visit[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly connections: Connections) {}

  visit(visit: Visit): void {
    this.#visits.push(visit);
    this.#timer ??= setInterval(() => this.#walk(), SWEEP_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  #walk(): void {
    const now = Date.now();
    for (const connection of this.connections) {
      for (const visit of this.#visits) visit(connection, now);
    }
  }
}
