import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { constants, inflateRawSync } from 'node:zlib';
import { decode } from '@msgpack/msgpack';
import type { Dialect } from './peers/peer';

/** Called for every text frame: the bytes it stands in, and where. */
export type OnFrame = (bytes: Buffer, start: number, end: number) => void;

const FINAL = 0x80;
const COMPRESSED = 0x40;
const TEXT = 1;
const BINARY = 2;
const ZERO_MASK = Buffer.alloc(4);

/** A WebSocket client that costs as little as can be: it parses headers, and no payload it is not asked to. */
export class RawClient {
  onFrame: OnFrame = () => undefined;
  #rest: Buffer | undefined;

  private constructor(
    readonly socket: Socket,
    private readonly dialect: Dialect,
  ) {}

  /** Connects, upgrades, goes through the dialect's greeting, and joins the room if there is one. */
  static async open(port: number, dialect: Dialect, room: string | undefined, token: string): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const client = new RawClient(socket, dialect);
    await once(socket, 'connect');
    const frames = client.#queue();
    const upgraded = client.#upgrade();
    socket.write(
      [
        `GET ${dialect.path} HTTP/1.1`,
        `Host: 127.0.0.1:${port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        `Authorization: Bearer ${token}`,
        ...(dialect.upgrade ?? []),
        '',
        '',
      ].join('\r\n'),
    );
    await upgraded;
    for (const step of [...dialect.greeting, ...(room ? dialect.join(room) : [])]) {
      if (step.send) client.send(step.send);
      if (step.await) await frames(step.await);
    }
    return client;
  }

  send(...texts: string[]): void {
    const frames = texts.map((text) => {
      const bytes = this.dialect.encode?.(text);
      return bytes ? maskedFrame(BINARY, Buffer.from(bytes)) : maskedFrame(TEXT, Buffer.from(text));
    });
    this.socket.write(frames.length === 1 ? frames[0] : Buffer.concat(frames));
  }

  close(): void {
    this.socket.destroy();
  }

  async #upgrade(): Promise<void> {
    let head = Buffer.alloc(0);
    await new Promise<void>((resolve, reject) => {
      const onData = (chunk: Buffer): void => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        this.socket.off('data', onData);
        if (!head.toString('latin1', 9, 12).startsWith('101')) return reject(new Error(head.toString()));
        this.socket.on('data', (bytes: Buffer) => this.#parse(bytes));
        if (head.length > end + 4) this.#parse(head.subarray(end + 4));
        resolve();
      };
      this.socket.on('data', onData);
      this.socket.once('error', reject);
    });
  }

  /** Frames that came before anybody asked for them, by what they contain. */
  #queue(): (mark: string) => Promise<void> {
    const texts: string[] = [];
    let waiting: (() => void) | undefined;
    this.onFrame = (bytes, start, end) => {
      texts.push(bytes.toString('utf8', start, end));
      waiting?.();
    };
    return async (mark) => {
      while (!texts.some((text) => text.includes(mark))) await new Promise<void>((resolve) => (waiting = resolve));
      texts.length = 0;
    };
  }

  #parse(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    while (at + 2 <= bytes.length) {
      let length = bytes[at + 1];
      let start = at + 2;
      if (length === 126) {
        if (bytes.length < at + 4) break;
        length = bytes.readUInt16BE(at + 2);
        start = at + 4;
      } else if (length === 127) {
        if (bytes.length < at + 10) break;
        length = Number(bytes.readBigUInt64BE(at + 2));
        start = at + 10;
      }
      if (bytes.length < start + length) break;
      this.#handle(bytes, bytes[at], start, start + length);
      at = start + length;
    }
    this.#rest = at < bytes.length ? bytes.subarray(at) : undefined;
  }

  #handle(bytes: Buffer, head: number, start: number, end: number): void {
    const opcode = head & 0x0f;
    if (opcode === 9) this.socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
    if (opcode !== TEXT && opcode !== BINARY) return;
    if (head & COMPRESSED) return this.#read(opcode, inflate(bytes.subarray(start, end)));
    if (opcode === BINARY) return this.#read(opcode, bytes.subarray(start, end));
    const answer = end - start < 4 ? this.dialect.keepAlive?.(bytes.toString('latin1', start, end)) : undefined;
    if (answer) this.send(answer);
    else this.onFrame(bytes, start, end);
  }

  /** Other forms are turned back into the JSON they stand for. */
  #read(opcode: number, payload: Buffer): void {
    const json = opcode === BINARY ? Buffer.from(JSON.stringify(decode(payload))) : payload;
    this.onFrame(json, 0, json.length);
  }
}

/** A client's frame. Masked with zeros, so that the load generator has nothing to compute. */
function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const header =
    payload.length < 126
      ? Buffer.from([FINAL | opcode, 0x80 | payload.length])
      : Buffer.from([FINAL | opcode, 0xfe, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([header, ZERO_MASK, payload]);
}

function inflate(payload: Buffer): Buffer {
  return inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
}

/** The number behind `"n":` in a frame; -1 where there is none. */
export function numberIn(bytes: Buffer, start: number, end: number): number {
  let at = bytes.indexOf('"n":', start) + 4;
  if (at < 4 || at >= end) return -1;
  let n = 0;
  for (let c = bytes[at]; c >= 48 && c <= 57; c = bytes[++at]) n = n * 10 + c - 48;
  return n;
}
