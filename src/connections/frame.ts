import { framed, headerLength, inForm, WireFormat, writeHeader } from './wire-format';

const TEXT = 0x81;
const PING = 0x89;
const PONG = 0x8a;

/** Where every frame's text has its type: `encodeFrame` begins with it. */
const TYPE_AT = '{"type":"'.length;
const QUOTE = 0x22;
/** Behind the data, in which it could stand too. What is behind it holds no unescaped quotes of others. */
const TIME = '"timestamp":"';
const TIME_LENGTH = '2027-02-01T09:00:00.120Z'.length;

/** `volatile` is dropped first for a slow reader; `replay` is not counted against it: its size is the room's doing. */
export type FramePriority = 'reliable' | 'volatile' | 'replay';

/** What an outbox takes: a whole WebSocket frame, encoded when it is written. */
export interface Frame {
  /** Its place among everything due in this turn, over all rooms and replies; set when it is put in line. */
  seq: number;
  readonly priority: FramePriority;
  /** Empty for a control frame. */
  readonly type: string;
  /** Milliseconds since 1970; of publications, as far as they say. */
  readonly publishedAt?: number;
  /** Bytes as plain JSON, which is what limits count. */
  readonly length: number;
  /** Puts its plain JSON form into `bytes`, and returns where that ends. */
  writeTo(bytes: Buffer, at: number): number;
  encode(form: WireFormat): Buffer;
}

/** A ping or a pong: the same in every form. */
export class ControlFrame implements Frame {
  seq = 0;
  readonly type = '';
  readonly priority: FramePriority = 'reliable';

  constructor(private readonly bytes: Buffer) {}

  get length(): number {
    return this.bytes.length;
  }

  writeTo(bytes: Buffer, at: number): number {
    bytes.set(this.bytes, at);
    return at + this.bytes.length;
  }

  encode(): Buffer {
    return this.bytes;
  }
}

/**
 * A publication, framed when it is written: with others of its turn right into what they share, and a long replay shares
 * its bytes with the stream until then.
 */
export class PublicationFrame implements Frame {
  seq = 0;
  #json: Buffer | undefined;
  #forms: Partial<Record<Exclude<WireFormat, 'json'>, Buffer>> | undefined;

  /** `body` and `end` are the two parts of its UTF-8 text; the latter is ASCII. */
  constructor(
    private readonly body: Uint8Array,
    private readonly end: string,
    readonly priority: FramePriority,
  ) {}

  get length(): number {
    const length = this.body.length + this.end.length;
    return headerLength(length) + length;
  }

  /** Read in its text: whoever only passes it on need not know. */
  get type(): string {
    const text = this.#text;
    return text.toString('latin1', TYPE_AT, text.indexOf(QUOTE, TYPE_AT));
  }

  get publishedAt(): number | undefined {
    const text = this.#text;
    const at = text.lastIndexOf(TIME) + TIME.length;
    return at < TIME.length ? undefined : Date.parse(text.toString('latin1', at, at + TIME_LENGTH));
  }

  get #text(): Buffer {
    const { body } = this;
    return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  }

  writeTo(bytes: Buffer, at: number): number {
    const start = writeHeader(bytes, TEXT, this.body.length + this.end.length, at);
    bytes.set(this.body, start);
    return start + this.body.length + bytes.write(this.end, start + this.body.length, 'latin1');
  }

  encode(form: WireFormat): Buffer {
    if (form === 'json') return (this.#json ??= bytesOf(this));
    this.#forms ??= {};
    return (this.#forms[form] ??= inForm(this.encode('json'), form));
  }

  /** The same, to be put in line for one more connection. */
  again(): PublicationFrame {
    return new PublicationFrame(this.body, this.end, this.priority);
  }
}

/** A frame for one connection alone, kept as text: with others of its turn it is encoded right into what is written. */
export class TextFrame implements Frame {
  seq = 0;
  readonly priority = 'reliable';
  readonly length: number;
  readonly #payload: number;

  constructor(
    private readonly text: string,
    readonly type: string,
  ) {
    this.#payload = Buffer.byteLength(text);
    this.length = headerLength(this.#payload) + this.#payload;
  }

  writeTo(bytes: Buffer, at: number): number {
    const start = writeHeader(bytes, TEXT, this.#payload, at);
    return start + bytes.write(this.text, start);
  }

  encode(form: WireFormat): Buffer {
    return inForm(bytesOf(this), form);
  }

  again(): TextFrame {
    return new TextFrame(this.text, this.type);
  }
}

function bytesOf(frame: Frame): Buffer {
  const bytes = Buffer.allocUnsafe(frame.length);
  frame.writeTo(bytes, 0);
  return bytes;
}

/** Frames one behind the other, each in this form. */
export function joined(frames: readonly Frame[], form: WireFormat): Buffer {
  if (frames.length === 1) return frames[0].encode(form);
  if (form !== 'json') return Buffer.concat(frames.map((frame) => frame.encode(form)));
  let length = 0;
  for (const frame of frames) length += frame.length;
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const frame of frames) at = frame.writeTo(bytes, at);
  return bytes;
}

export const PING_FRAME = Buffer.from([PING, 0]);

/** `payload` is a control frame's: at most 125 bytes. */
export function pongFrame(payload: Buffer): Buffer {
  return framed(PONG, payload);
}
