import type { Backplane } from './backplane';

/** Adds distributed tracing to what is published. A feature provides it: tracing. */
export abstract class Tracing {
  /** Returns a backplane whose publications carry the trace in which they were published. */
  abstract wrap(backplane: Backplane): Backplane;
}
