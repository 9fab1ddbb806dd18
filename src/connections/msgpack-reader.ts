import { isUtf8 } from 'node:buffer';
import { MalformedFrame } from '../protocol/codec';
import { MAX_DEPTH, MAX_FRAME_VALUES, TOO_DEEP, TOO_MANY_VALUES } from '../protocol/frame-bounds';

const INCOMPLETE = 'The frame is not MessagePack.';
const NOT_JSON = 'The frame holds what JSON cannot.';
/** What stands in a text for bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';

/**
 * Reads one MessagePack value of which JSON could hold the same. What the bytes announce is compared with what there
 * is before anything is made of it, and it recurses no deeper than a frame may be nested. A library's decoder would need
 * the same pass over the same bytes first.
 */
export class MsgpackReader {
  #at = 0;
  #values = 0;
  #messageId: unknown;

  constructor(private readonly bytes: Buffer) {}

  /** The frame's own `message_id`, as soon as it was read. */
  get messageId(): unknown {
    return this.#messageId;
  }

  /** Reads the one value that the bytes are. @throws MalformedFrame */
  read(): unknown {
    const value = this.#value(1);
    if (this.#at < this.bytes.length) throw new MalformedFrame(INCOMPLETE);
    return value;
  }

  /** `level`: that of an array or an object, if it is one. */
  #value(level: number): unknown {
    const head = this.#uint(1);
    if (head < 0x80) return head;
    if (head < 0x90) return this.#object(head & 0x0f, level);
    if (head < 0xa0) return this.#array(head & 0x0f, level);
    if (head < 0xc0) return this.#text(head & 0x1f);
    if (head >= 0xe0) return head - 0x100;
    return this.#long(head, level);
  }

  #long(head: number, level: number): unknown {
    if (head < 0xca) return this.#constant(head);
    if (head < 0xd4) return this.#number(head);
    if (head < 0xd9) throw new MalformedFrame(NOT_JSON);
    if (head < 0xdc) return this.#text(this.#uint(1 << (head - 0xd9)));
    if (head < 0xde) return this.#array(this.#uint(head === 0xdc ? 2 : 4), level);
    return this.#object(this.#uint(head === 0xde ? 2 : 4), level);
  }

  /** Bytes and extensions are among these, which JSON does not have. */
  #constant(head: number): null | boolean {
    if (head === 0xc0) return null;
    if (head === 0xc2 || head === 0xc3) return head === 0xc3;
    throw new MalformedFrame(head === 0xc1 ? INCOMPLETE : NOT_JSON);
  }

  #number(head: number): number {
    if (head < 0xcc) return this.#float(head === 0xca ? 4 : 8);
    return head < 0xd0 ? this.#uint(1 << (head - 0xcc)) : this.#int(1 << (head - 0xd0));
  }

  #array(length: number, level: number): unknown[] {
    this.#enter(length, length, level);
    const values: unknown[] = [];
    for (let i = 0; i < length; i++) values.push(this.#value(level + 1));
    return values;
  }

  #object(keys: number, level: number): object {
    this.#enter(keys, 2 * keys, level);
    const object: Record<string, unknown> = {};
    for (let i = 0; i < keys; i++) {
      const key = this.#key();
      const value = this.#value(level + 1);
      if (level === 1 && key === 'message_id') this.#messageId = value;
      // An own property of that name, as JSON makes it.
      if (key === '__proto__') Object.defineProperty(object, key, { value, ...OWN });
      else object[key] = value;
    }
    return object;
  }

  #key(): string {
    const head = this.#uint(1);
    if (head >= 0xa0 && head < 0xc0) return this.#text(head & 0x1f);
    if (head >= 0xd9 && head <= 0xdb) return this.#text(this.#uint(1 << (head - 0xd9)));
    throw new MalformedFrame(NOT_JSON);
  }

  #enter(values: number, leastBytes: number, level: number): void {
    if (level > MAX_DEPTH) throw new MalformedFrame(TOO_DEEP);
    this.#values += Math.max(1, values);
    if (this.#values > MAX_FRAME_VALUES) throw new MalformedFrame(TOO_MANY_VALUES);
    if (leastBytes > this.bytes.length - this.#at) throw new MalformedFrame(INCOMPLETE);
  }

  #text(length: number): string {
    const start = this.#take(length);
    const text = this.bytes.toString('utf8', start, this.#at);
    if (text.includes(REPLACEMENT) && !isUtf8(this.bytes.subarray(start, this.#at))) {
      throw new MalformedFrame(INCOMPLETE);
    }
    return text;
  }

  #uint(size: number): number {
    const at = this.#take(size);
    if (size === 1) return this.bytes[at];
    return size === 8 ? Number(this.bytes.readBigUInt64BE(at)) : this.bytes.readUIntBE(at, size);
  }

  #int(size: number): number {
    const at = this.#take(size);
    return size === 8 ? Number(this.bytes.readBigInt64BE(at)) : this.bytes.readIntBE(at, size);
  }

  #float(size: number): number {
    const at = this.#take(size);
    const value = size === 4 ? this.bytes.readFloatBE(at) : this.bytes.readDoubleBE(at);
    if (!Number.isFinite(value)) throw new MalformedFrame(NOT_JSON);
    return value;
  }

  /** Steps over so many bytes; returns where they begin. */
  #take(length: number): number {
    const start = this.#at;
    if (length > this.bytes.length - start) throw new MalformedFrame(INCOMPLETE);
    this.#at = start + length;
    return start;
  }
}

const OWN = { writable: true, enumerable: true, configurable: true };
