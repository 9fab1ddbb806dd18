import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, Socket, TcpNetConnectOpts } from 'node:net';
import type { Received } from './client';

const PATIENCE_MS = 5_000;

export interface UpgradeRequest {
  method?: string;
  /** What stands in the request line. */
  target?: string;
  /** Replace or add to those of a good request; `undefined` leaves one out, a list sends it several times. */
  headers?: Record<string, string | string[] | undefined>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The text of an upgrade request, as sound or as broken as a test wants it. */
export function upgradeRequest({ method = 'GET', target = '/ws', headers = {} }: UpgradeRequest = {}): string {
  const all = {
    Host: '127.0.0.1',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => [value ?? []].flat().map((each) => `${name}: ${each}`));
  return [`${method} ${target} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

/** A client's frame as bytes. `declared` is the length its header tells, when that is to differ. */
export function clientFrame(
  payload: string | Buffer,
  { opcode = 1, final = true, declared }: { opcode?: number; final?: boolean; declared?: number } = {},
): Buffer {
  const bytes = Buffer.from(payload);
  const length = declared ?? bytes.length;
  const mask = randomBytes(4);
  const start = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  start[0] = (final ? 0x80 : 0) | opcode;
  start[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (start.length === 4) start.writeUInt16BE(length, 2);
  if (start.length === 10) start.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([start, mask, bytes.map((byte, i) => byte ^ mask[i % 4])]);
}

/** A TCP connection that says what a test wants it to say, byte for byte. */
export class RawSocket {
  /** Everything that came, as Latin-1. */
  text = '';
  /** Resolves when the server has ended its side, or the connection was reset. */
  readonly ended: Promise<void>;
  readonly #openedAt = Date.now();
  #onChange = (): void => undefined;

  private constructor(readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('latin1');
      this.#onChange();
    });
    socket.on('close', () => this.#onChange());
    this.ended = new Promise((resolve) => {
      socket.once('end', resolve);
      socket.once('close', () => resolve());
    });
  }

  /** @param options such as the address and port it connects from */
  static async open(port: number, options: Partial<TcpNetConnectOpts> = {}): Promise<RawSocket> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, ...options });
    await once(socket, 'connect');
    return new RawSocket(socket);
  }

  get openForMs(): number {
    return Date.now() - this.#openedAt;
  }

  write(bytes: string | Buffer): this {
    if (this.socket.writable) this.socket.write(bytes);
    return this;
  }

  /** Ends the connection with a RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** The HTTP answer to what was written. */
  async answer(): Promise<HttpAnswer> {
    await this.#until(() => isWhole(this.text), 'an HTTP answer');
    return parseAnswer(this.text);
  }

  /** The frames the server sent behind its 101, as soon as there are at least this many. */
  async frames(count: number): Promise<Received[]> {
    const texts = () => parseFrames(this.text).filter(({ opcode }) => opcode === 1);
    await this.#until(() => texts().length >= count, `${count} frames`);
    return texts().map(({ body }) => JSON.parse(body.toString()) as Received);
  }

  /** The code of the server's close frame. */
  async closeCode(): Promise<number> {
    const find = () => parseFrames(this.text).find(({ opcode }) => opcode === 8);
    await this.#until(() => find() !== undefined, 'a close frame');
    return find()!.body.readUInt16BE(0);
  }

  /** Waits for bytes until `done`, or says what came instead. */
  async #until(done: () => boolean, what: string): Promise<void> {
    const end = setTimeout(() => this.socket.destroy(), PATIENCE_MS);
    while (!done()) {
      if (this.socket.destroyed) throw new Error(`${what} did not come, but: ${this.text}`);
      await new Promise<void>((resolve) => (this.#onChange = resolve));
    }
    clearTimeout(end);
  }
}

/** Sends one upgrade request and returns the HTTP answer, body parsed where it is JSON. */
export async function knock(port: number, request: UpgradeRequest = {}): Promise<HttpAnswer> {
  const raw = await RawSocket.open(port);
  const answer = await raw.write(upgradeRequest(request)).answer();
  raw.socket.destroy();
  return answer;
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /^content-length: (\d+)/im.exec(text.slice(0, end));
  return text.length >= end + 4 + Number(length?.[1] ?? 0);
}

function parseAnswer(text: string): HttpAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [start, ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const length = Number(headers['content-length'] ?? 0);
  const body = Buffer.from(text.slice(end + 4, end + 4 + length), 'latin1').toString();
  const isJson = headers['content-type']?.startsWith('application/json');
  return { status: Number(start.split(' ')[1]), headers, body: isJson ? JSON.parse(body) : body };
}

function parseFrames(text: string): { opcode: number; body: Buffer }[] {
  const bytes = Buffer.from(text, 'latin1');
  const frames: { opcode: number; body: Buffer }[] = [];
  let at = bytes.indexOf('\r\n\r\n') + 4;
  while (at >= 4 && at + 2 <= bytes.length) {
    let length = bytes[at + 1];
    let start = at + 2;
    if (length === 126) {
      length = bytes.readUInt16BE(start);
      start += 2;
    }
    if (start + length > bytes.length) break;
    frames.push({ opcode: bytes[at] & 15, body: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return frames;
}
