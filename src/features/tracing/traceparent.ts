/** W3C Trace Context, version 00. An id that is all zeros is none. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;
const SAMPLED = 1;

/** A place in a trace, as it travels: the part of OpenTelemetry's `SpanContext` that does. */
export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

/** How it is written; nothing for what is not valid, or nobody records. */
export function toTraceparent({ traceId, spanId, traceFlags }: TraceParent): string | undefined {
  if (!(traceFlags & SAMPLED)) return undefined;
  const text = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  return TRACEPARENT.test(text) ? text : undefined;
}

/** What was written; nothing for what is malformed. */
export function fromTraceparent(text: string): TraceParent | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? [];
  return traceId === undefined ? undefined : { traceId, spanId, traceFlags: parseInt(flags, 16) };
}
