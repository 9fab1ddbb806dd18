import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer, TLSSocket } from 'node:tls';

/** A connection that owes us a request, or the rest of one. */
interface Waiting {
  readonly socket: Socket;
  /** When it began: milliseconds since 1970; `undefined` between two requests, where it may be silent. */
  since: number | undefined;
  readonly bytesRead: number;
}

const MAX_SWEEP_MS = 1_000;

/**
 * Cuts clients that begin a TLS handshake or a request and do not finish it, also behind another request on the same
 * connection: Node itself would wait for 60 to 120 seconds. How long a connection may be idle stays the host's choice.
 */
export class HandshakeTimeout {
  readonly #waiting = new Map<unknown, Waiting>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly server: Server,
    private readonly timeoutMs: number,
  ) {
    server.on('connection', this.#connected);
    if (server instanceof TlsServer) server.on('secureConnection', this.#connected);
    server.prependListener('request', this.#requested);
    this.#timer = setInterval(() => this.#sweep(), Math.min(timeoutMs / 4, MAX_SWEEP_MS)).unref();
  }

  /** The request is complete, and the last on its connection. */
  upgraded({ socket }: IncomingMessage): void {
    this.#waiting.delete(connectionOf(socket));
  }

  release(): void {
    clearInterval(this.#timer);
    this.server.off('connection', this.#connected).off('secureConnection', this.#connected);
    this.server.off('request', this.#requested);
  }

  readonly #connected = (socket: Socket): void => {
    // A Unix socket that speaks TLS would be two, and the TCP one of them would never be done; tls has a time-out for it.
    if (socket.remotePort === undefined && this.server instanceof TlsServer && !(socket instanceof TLSSocket)) return;
    this.#waiting.set(connectionOf(socket), { socket, since: Date.now(), bytesRead: 0 });
  };

  readonly #requested = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    this.#waiting.delete(connectionOf(socket));
    response.once('close', () => {
      if (socket.destroyed || !request.complete) return;
      this.#waiting.set(connectionOf(socket), { socket, since: undefined, bytesRead: socket.bytesRead });
    });
  };

  #sweep(): void {
    const now = Date.now();
    for (const [connection, waiting] of this.#waiting) {
      const { socket, bytesRead } = waiting;
      if (waiting.since === undefined && socket.bytesRead > bytesRead) waiting.since = now;
      if (waiting.since !== undefined && now - waiting.since >= this.timeoutMs) socket.destroy();
      if (socket.destroyed) this.#waiting.delete(connection);
    }
  }
}

/**
 * One connection, whether seen as TCP or as the TLS in it: both ends together. A client may connect from one port to
 * several addresses of ours. A Unix socket has no address.
 */
function connectionOf(socket: Socket): unknown {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
