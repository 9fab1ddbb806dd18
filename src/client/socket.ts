import { Timer, type Clock } from './clock';

/** What the client uses of a WebSocket: browsers, Node ≥ 22 and the package `ws` have it. */
export interface WebSocketLike {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
}

export type WebSocketConstructor = new (url: string, protocols?: string[]) => WebSocketLike;

/** What only `ws` has: why an upgrade was refused, and an end without a farewell. */
interface Extras {
  on?(event: 'unexpected-response', listener: (request: unknown, response: Refusal) => void): unknown;
  terminate?(): void;
}

interface Refusal {
  readonly statusCode?: number;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** How a socket ended: with a close code, and with the HTTP status of a refused upgrade where it can be known. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
  readonly status?: number;
  /** Of the header `Retry-After`. */
  readonly retryAfterMs?: number;
}

export interface SocketEvents {
  message(text: string): void;
  end(end: SocketEnd): void;
}

/** A peer that does not answer a close frame is not waited for any longer than this, milliseconds. */
const CLOSE_MS = 1_000;

/** One WebSocket. After its end, whoever brought it about, nothing comes from it any more. */
export class Socket {
  readonly #socket: WebSocketLike & Extras;
  readonly #closing: Timer;
  #over = false;
  #refusal: Partial<SocketEnd> = {};

  /** @throws SyntaxError for what is no address of a WebSocket */
  constructor(
    make: WebSocketConstructor,
    url: string,
    protocols: string[],
    clock: Clock,
    private readonly events: SocketEvents,
  ) {
    this.#closing = new Timer(clock);
    const socket: WebSocketLike & Extras = new make(url, protocols);
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#over || this.events.message(String(data)));
    socket.addEventListener('close', ({ code, reason }) => this.#end({ code, reason, ...this.#refusal }));
    // A close follows each.
    socket.addEventListener('error', () => undefined);
    socket.on?.('unexpected-response', (_, { statusCode, headers }) => {
      this.#refusal = { status: statusCode, reason: `HTTP ${statusCode}`, retryAfterMs: inMs(headers['retry-after']) };
      socket.close();
    });
  }

  send(text: string): void {
    if (!this.#over) this.#socket.send(text);
  }

  /** Ends it without waiting for the peer, and without a word to whoever listens. */
  drop(): void {
    this.#over = true;
    this.#closing.clear();
    if (this.#socket.terminate) this.#socket.terminate();
    else this.#socket.close();
  }

  /** Says good-bye; `end` comes when the peer has answered, or has not in time. */
  close(): void {
    this.#socket.close(1000);
    this.#closing.set(CLOSE_MS, () => {
      this.drop();
      this.events.end({ code: 1006, reason: '' });
    });
  }

  #end(end: SocketEnd): void {
    this.#closing.clear();
    if (this.#over) return;
    this.#over = true;
    this.events.end(end);
  }
}

function inMs(retryAfter: string | string[] | undefined): number | undefined {
  const seconds = Number(retryAfter);
  return seconds >= 0 ? seconds * 1000 : undefined;
}
