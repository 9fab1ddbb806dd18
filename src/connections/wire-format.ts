import { deflateRawSync, constants } from 'node:zlib';
import { MAX_DATA_DEPTH } from '../protocol/frame-bounds';
import { optionalPackage } from '../options/packages';

/** How a connection's frames look on the wire: its subprotocol, and whether it takes compressed ones. */
export type WireFormat = 'json' | 'json+deflate' | 'msgpack' | 'msgpack+deflate';

const BINARY = 0x82;
const CONTROL = 0x08;
const COMPRESSED = 0x40;
/** Smaller payloads gain less than a packet, and cost as much. */
const MIN_DEFLATED_BYTES = 1024;
/** What a sync flush ends with; permessage-deflate leaves it out (RFC 7692, 7.2.1). */
const FLUSH_TAIL_BYTES = 4;

/** A whole JSON text frame in another form. Control frames have only one. */
export function inForm(frame: Buffer, form: WireFormat): Buffer {
  if (form === 'json' || frame[0] & CONTROL) return frame;
  const binary = form.startsWith('msgpack');
  const plain = binary ? toMsgpack(frame) : frame;
  return form.endsWith('deflate') ? deflated(plain) : plain;
}

export function payloadOf(frame: Buffer): Buffer {
  const length = frame[1];
  if (length < 126) return frame.subarray(2);
  return frame.subarray(length === 126 ? 4 : 10);
}

type Msgpack = typeof import('@msgpack/msgpack');
let msgpack: Msgpack | undefined;

/** Loaded only where the option `messagePack` is on. @throws Error where the package is not installed */
export function loadMsgpack(): Msgpack {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  msgpack ??= optionalPackage<Msgpack>('@msgpack/msgpack', 'The option messagePack', () => require('@msgpack/msgpack'));
  return msgpack;
}

/** The frame itself is one level, and a value in the deepest data is one more. */
const MSGPACK = { maxDepth: MAX_DATA_DEPTH + 2 };

function toMsgpack(frame: Buffer): Buffer {
  return framed(BINARY, loadMsgpack().encode(JSON.parse(payloadOf(frame).toString()), MSGPACK));
}

/** Compressed on its own, without the context of what went before, so that all recipients share the bytes. */
function deflated(frame: Buffer): Buffer {
  const payload = payloadOf(frame);
  if (payload.length < MIN_DEFLATED_BYTES) return frame;
  const bytes = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
  return framed(frame[0] | COMPRESSED, bytes.subarray(0, -FLUSH_TAIL_BYTES));
}

/** A whole frame around a payload. */
export function framed(firstByte: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(headerLength(payload.length) + payload.length);
  const start = writeHeader(bytes, firstByte, payload.length);
  bytes.set(payload, start);
  return bytes;
}

export function headerLength(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

/** Returns where the payload begins. */
export function writeHeader(bytes: Buffer, firstByte: number, length: number, at = 0): number {
  bytes[at] = firstByte;
  if (length < 126) {
    bytes[at + 1] = length;
  } else if (length < 65_536) {
    bytes[at + 1] = 126;
    bytes.writeUInt16BE(length, at + 2);
  } else {
    bytes[at + 1] = 127;
    bytes.writeUIntBE(0, at + 2, 2);
    bytes.writeUIntBE(length, at + 4, 6);
  }
  return at + headerLength(length);
}
