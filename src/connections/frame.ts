import { framed, headerLength, inForm, WireForm, writeHeader } from './wire-form';

const TEXT = 0x81;
const PING = 0x89;
const PONG = 0x8a;

/** `volatile` is dropped first for a slow reader; `replay` is not counted against it: its size is the room's doing. */
export type FramePriority = 'reliable' | 'volatile' | 'replay';

/** A whole WebSocket frame, ready for the socket: encoded once in each form somebody takes, shared by all who get it. */
export class Frame {
  /** Its place among everything due in this turn, over all rooms and replies; set when it is put in line. */
  seq = 0;
  /** What it became for those who do not take plain JSON. */
  #forms: Map<WireForm, Buffer> | undefined;

  constructor(
    readonly bytes: Buffer,
    readonly priority: FramePriority = 'reliable',
  ) {}

  /** Bytes as plain JSON, which is what limits count. */
  get length(): number {
    return this.bytes.length;
  }

  in(form: WireForm): Buffer {
    if (form === 'json') return this.bytes;
    this.#forms ??= new Map();
    let bytes = this.#forms.get(form);
    if (!bytes) this.#forms.set(form, (bytes = inForm(this.bytes, form)));
    return bytes;
  }
}

/** A publication kept in a stream, framed when it is written: until then a long replay shares its bytes with the stream. */
export class StoredFrame {
  seq = 0;
  readonly priority = 'replay';

  constructor(
    private readonly body: Uint8Array,
    private readonly end: string,
  ) {}

  get length(): number {
    const length = this.body.length + this.end.length;
    return headerLength(length) + length;
  }

  in(form: WireForm): Buffer {
    return inForm(framedBytes(this.body, this.end), form);
  }
}

/** What an outbox takes. */
export type Outgoing = Frame | StoredFrame;

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
  return framed(PONG, payload);
}
