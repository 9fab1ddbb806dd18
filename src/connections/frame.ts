const TEXT = 0x81;
const PING = 0x89;
const PONG = 0x8a;

/** Whole WebSocket frames, ready for the socket: encoded once, shared by all who get them. */
export class Frame {
  /** Its place among everything due in this turn, over all rooms and replies; set when it is put in line. */
  seq = 0;

  constructor(
    readonly bytes: Buffer,
    readonly priority: FramePriority = 'reliable',
  ) {}

  get length(): number {
    return this.bytes.length;
  }
}

/** A publication kept in a stream, framed when it is written: until then a long replay shares its bytes with the stream. */
export class StoredFrame implements Frame {
  seq = 0;
  readonly priority = 'replay';

  constructor(
    private readonly body: Uint8Array,
    private readonly end: string,
  ) {}

  get bytes(): Buffer {
    return framedBytes(this.body, this.end);
  }

  get length(): number {
    const length = this.body.length + this.end.length;
    return headerLength(length) + length;
  }
}

/** `volatile` is dropped first for a slow reader; `replay` is not counted against it: its size is the room's doing. */
export type FramePriority = 'reliable' | 'volatile' | 'replay';

export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const start = headerLength(length);
  const bytes = Buffer.allocUnsafe(start + length);
  writeHeader(bytes, TEXT, length);
  bytes.write(text, start);
  return bytes;
}

/** A text frame out of UTF-8 that is already encoded, and its last part. */
export function framedBytes(body: Uint8Array, end: string): Buffer {
  const length = body.length + end.length;
  const start = headerLength(length);
  const bytes = Buffer.allocUnsafe(start + length);
  writeHeader(bytes, TEXT, length);
  bytes.set(body, start);
  bytes.write(end, start + body.length, 'latin1');
  return bytes;
}

export const PING_FRAME = Buffer.from([PING, 0]);

/** `payload` is a control frame's: at most 125 bytes. */
export function pongFrame(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([PONG, payload.length]), payload]);
}

function headerLength(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

function writeHeader(bytes: Buffer, opcode: number, length: number): void {
  bytes[0] = opcode;
  if (length < 126) {
    bytes[1] = length;
  } else if (length < 65_536) {
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 127;
    bytes.writeUIntBE(0, 2, 2);
    bytes.writeUIntBE(length, 4, 6);
  }
}
