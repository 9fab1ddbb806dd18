import { isUtf8 } from 'node:buffer';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** Who gets the messages. */
export interface MessageTarget {
  /** Bytes came: before what is in them. */
  arrived(bytes: number): void;
  received(bytes: Buffer, binary: boolean): void;
}

type DataListener = (this: Duplex, chunk: Buffer) => void;
type Bound = Duplex & { [READER]: FrameReader };

const READER = Symbol('reader');
const TEXT = 0x81;
const BINARY = 0x82;
const FINAL = 0x80;
const CONTROL = 0x08;
const MASKED = 0x80;
/** Byte lengths of a client's frame header: with no more than 125, and up to 65,535 bytes behind it. */
const SHORT_HEADER = 6;
const LONG_HEADER = 8;

/**
 * Reads whole, unfragmented messages right out of what the socket brought, and leaves everything else to `ws`: what is
 * cut in two, fragmented, large, a control frame, or wrong. That is a third of what `ws` takes for a short message.
 */
export class FrameReader {
  /** Bytes still to come of a frame that `ws` has the beginning of. */
  #owed = 0;
  /** The part of a header that ended a chunk; `ws` has it already. */
  #cut: Buffer | undefined;
  /** Whether `ws` has the beginning of a fragmented message. */
  #fragmented = false;

  private constructor(
    private readonly ws: WebSocket,
    private readonly socket: Duplex,
    private readonly toWs: DataListener,
    private readonly target: MessageTarget,
    private readonly maxBytes: number,
  ) {}

  /**
   * Puts itself before `ws`. False where something is compressed or somebody else listens, too: then `ws` reads all, and
   * the target is not told what arrives.
   */
  static attach(ws: WebSocket, socket: Duplex, target: MessageTarget, maxBytes: number): boolean {
    const listeners = socket.listeners('data') as DataListener[];
    if (ws.extensions || listeners.length !== 1) return false;
    (socket as Bound)[READER] = new FrameReader(ws, socket, listeners[0], target, maxBytes);
    socket.on('data', onData).off('data', listeners[0]);
    return true;
  }

  read(chunk: Buffer): void {
    this.target.arrived(chunk.length);
    const taken = this.#between && this.ws.readyState === this.ws.OPEN ? this.#takeMessages(chunk) : 0;
    if (taken === chunk.length) return;
    const rest = taken ? chunk.subarray(taken) : chunk;
    this.#follow(rest);
    this.toWs.call(this.socket, rest);
  }

  /** Whether the next byte begins a frame, and one that may begin a message. */
  get #between(): boolean {
    return this.#owed === 0 && !this.#fragmented && this.#cut === undefined;
  }

  /** Returns where the first frame begins that is not for us. */
  #takeMessages(chunk: Buffer): number {
    let at = 0;
    while (chunk.length - at >= SHORT_HEADER) {
      const first = chunk[at];
      if (first !== TEXT && first !== BINARY) break;
      let length = chunk[at + 1] ^ MASKED;
      let start = at + SHORT_HEADER;
      if (length === 126 && chunk.length - at >= LONG_HEADER) {
        length = chunk.readUInt16BE(at + 2);
        start = at + LONG_HEADER;
      } else if (length > 125) break;
      if (length > this.maxBytes || start + length > chunk.length) break;
      const payload = chunk.subarray(start, start + length);
      unmask(payload, chunk, start - 4);
      if (first === TEXT && !isUtf8(payload)) {
        // As it came: it is for `ws` to say what is wrong with it.
        unmask(payload, chunk, start - 4);
        break;
      }
      at = start + length;
      this.target.received(payload, first === BINARY);
    }
    return at;
  }

  /** Walks over the frames in what is left to `ws`, to know where the next one begins. */
  #follow(rest: Buffer): void {
    const bytes = this.#cut ? Buffer.concat([this.#cut, rest]) : rest;
    this.#cut = undefined;
    let at = this.#owed;
    this.#owed = 0;
    while (at < bytes.length) {
      const length = frameLength(bytes, at);
      if (length === undefined) {
        this.#cut = Buffer.from(bytes.subarray(at));
        return;
      }
      if ((bytes[at] & CONTROL) === 0) this.#fragmented = (bytes[at] & FINAL) === 0;
      at += length;
    }
    this.#owed = at - bytes.length;
  }
}

/** From here on what comes is thrown away, as `ws` does after an error. */
export function detachReader(socket: Duplex): void {
  socket.off('data', onData);
}

/** The same function for all sockets. */
function onData(this: Duplex, chunk: Buffer): void {
  (this as Bound)[READER].read(chunk);
}

function unmask(payload: Buffer, chunk: Buffer, maskAt: number): void {
  if (chunk.readInt32LE(maskAt) === 0) return;
  for (let i = 0; i < payload.length; i++) payload[i] ^= chunk[maskAt + (i & 3)];
}

/** Header and payload; nothing when not all of the header is there. */
function frameLength(bytes: Buffer, at: number): number | undefined {
  const left = bytes.length - at;
  if (left < 2) return undefined;
  const mask = bytes[at + 1] & MASKED ? 4 : 0;
  const length = bytes[at + 1] & ~MASKED;
  if (length < 126) return 2 + mask + length;
  if (length === 126) return left < 4 ? undefined : 4 + mask + bytes.readUInt16BE(at + 2);
  return left < 10 ? undefined : 10 + mask + Number(bytes.readBigUInt64BE(at + 2));
}
