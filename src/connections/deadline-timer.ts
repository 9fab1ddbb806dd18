import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../async/clock';
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
export class DeadlineTimer implements OnApplicationShutdown {
  readonly #visits: Visit[] = [];
  #stop: (() => void) | undefined;

  constructor(
    private readonly connections: Connections,
    private readonly clock: Clock,
  ) {}

  onTick(visit: Visit): void {
    this.#visits.push(visit);
    this.#stop ??= this.clock.every(SWEEP_MS, () => this.#walk());
  }

  onApplicationShutdown(): void {
    this.#stop?.();
  }

  #walk(): void {
    const now = this.clock.now();
    for (const connection of this.connections) {
      for (const visit of this.#visits) visit(connection, now);
    }
  }
}
