import { Injectable } from '@nestjs/common';
import { Clock } from '../../async/clock';
import type { Connection } from '../../connections/connection';
import { RealtimeCounters } from '../../connections/realtime-counters';
import { ErrorBudgetOptions } from './error-budget.options';

/** How many malformed frames a connection may send before it is closed. */
@Injectable()
export class ErrorBudget {
  /** When each connection's recent malformed frames came; at most the budget's number of times. */
  readonly #malformed = new WeakMap<Connection, number[]>();

  constructor(
    private readonly options: ErrorBudgetOptions,
    private readonly traffic: RealtimeCounters,
    private readonly clock: Clock,
  ) {}

  /** Notes a malformed frame; true when it was one too many. */
  exhaust(connection: Connection): boolean {
    this.traffic.malformed++;
    const { malformedFrames, windowMs } = this.options;
    const now = this.clock.now();
    const recent = (this.#malformed.get(connection) ?? []).filter((at) => now - at < windowMs);
    recent.push(now);
    this.#malformed.set(connection, recent);
    return recent.length >= malformedFrames;
  }
}
