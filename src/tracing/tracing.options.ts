/**
 * Distributed tracing; needs the package @opentelemetry/api, and does nothing without it. A publication carries the trace
 * of the request that emitted it to a span for its fan-out on each node. `frames`: clients get it too, as the frame's
 * `trace`.
 */
export const TRACING = { enabled: true, frames: false };
