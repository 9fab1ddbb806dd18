import { decode, ExtData } from '@msgpack/msgpack';
import { checkFrame, MalformedFrame, MAX_DEPTH } from '../protocol/codec';
import type { ClientFrame } from '../protocol/frames';

/**
 * Reads one client frame of the MessagePack subprotocol. It may hold what JSON can hold, and nothing else.
 * @throws MalformedFrame
 */
export function decodeMsgpackFrame(bytes: Buffer): ClientFrame {
  const value = parse(bytes);
  if (!isJson(value, MAX_DEPTH)) {
    throw new MalformedFrame(`The frame holds what JSON cannot, or is nested deeper than ${MAX_DEPTH} levels.`);
  }
  return checkFrame(value);
}

function parse(bytes: Buffer): unknown {
  try {
    return decode(bytes);
  } catch {
    throw new MalformedFrame('The frame is not MessagePack.');
  }
}

function isJson(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return value === null || /^(string|boolean)$/.test(typeof value);
  if (depth === 0 || value instanceof Uint8Array || value instanceof Date || value instanceof ExtData) return false;
  for (const child of Object.values(value)) if (!isJson(child, depth - 1)) return false;
  return true;
}
