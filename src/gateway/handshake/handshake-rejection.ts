import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../../protocol/errors';

/** A refusal before the 101: plain HTTP with a JSON body. */
export class HandshakeRejection extends Error {
  constructor(
    readonly status: number,
    readonly code: ErrorCode | 'method_not_allowed' | 'upgrade_required' | 'bad_request',
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  get body(): string {
    return JSON.stringify({ code: this.code, message: this.message });
  }
}

/** How long a refused client may take to read the answer. */
const LINGER_MS = 1_000;

/** Answers and ends the socket; whatever else the client sends is not read. */
export function refuse(socket: Duplex, refusal: HandshakeRejection): void {
  if (!socket.writable) return void socket.destroy();
  const { status, body, headers } = refusal;
  const lines = {
    Connection: 'close',
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...head, '', body].join('\r\n'));
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  // What the client still sends is thrown away: destroying a socket with unread bytes would reset it, answer and all.
  socket.resume();
  socket.once('close', () => clearTimeout(timer));
}
