/**
 * Distributed tracing. It needs the package @opentelemetry/api and does nothing without it. A publication carries the
 * trace of the request that emitted it to a span for its fan-out on each node.
 */
export class TracingOptions {
  /** Whether clients get the trace, as `trace` of the frame. @default false */
  readonly frames: boolean = false;
}
