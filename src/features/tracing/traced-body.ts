import { fromTraceparent, TraceParent } from './traceparent';

// The frame's last key before its offset. No other key has this name, and a room's name holds no quotes: what ends like
// this is traced. It is always as long, so that it is found, and taken off, without reading the rest.
const KEY = Buffer.from(',"trace":"');
const TRACEPARENT_BYTES = 55;
const BYTES = KEY.length + TRACEPARENT_BYTES + 1;

/** A publication's body with the trace it belongs to. */
export function withTrace(body: Uint8Array, traceparent: string): Uint8Array {
  return Buffer.concat([body, KEY, Buffer.from(`${traceparent}"`, 'latin1')]);
}

/** Whether a body has a trace, valid or not: asked of every publication there is. */
export function isTraced(body: Uint8Array): boolean {
  const at = body.length - BYTES;
  return at >= 0 && body[at] === KEY[0] && KEY.equals(body.subarray(at, at + KEY.length));
}

/** The trace of a body that has one; nothing when it is malformed. */
export function traceOf(body: Uint8Array): TraceParent | undefined {
  const at = body.length - BYTES + KEY.length;
  const text = Buffer.from(body.buffer, body.byteOffset + at, TRACEPARENT_BYTES).toString('latin1');
  return fromTraceparent(text);
}

/** The same body, without the trace it has; its bytes are shared. */
export function withoutTrace(body: Uint8Array): Uint8Array {
  return body.subarray(0, body.length - BYTES);
}
