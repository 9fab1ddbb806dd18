import type { BackoffOptions } from './backoff';
import { RealtimeClientError } from './client-error';
import { type Clock, systemClock } from './clock';
import type { PaceOptions } from './pace';
import type { WebSocketConstructor } from './socket';

export interface RealtimeClientOptions {
  /** Where the server is, for instance `wss://example.com/ws`; `http(s)` is taken for `ws(s)`. */
  readonly url: string;
  /**
   * A token that is good now; asked for at each attempt to connect and before the last one expires. Left out: the
   * connection has no token, but may have a cookie.
   */
  readonly token?: () => string | Promise<string>;
  /** @default the global `WebSocket`; Node 20 has none: hand in that of the package `ws` */
  readonly WebSocket?: WebSocketConstructor;
  /** How long to wait before connecting again. */
  readonly backoff?: Partial<BackoffOptions>;
  /** How long the token, the connection and the login may take together, milliseconds. @default 10_000 */
  readonly connectTimeoutMs?: number;
  /** How long to wait for a reply, milliseconds, over as many connections as it takes. @default 30_000 */
  readonly requestTimeoutMs?: number;
  /** How many requests may wait for a connection; 0: without one they fail as `offline`. @default 100 */
  readonly offlineQueue?: number;
  /** How fast frames are sent; what is over it waits. No more than the server's `rateLimit`. */
  readonly rate?: Partial<PaceOptions>;
  /** @default the system's */
  readonly clock?: Clock;
}

export interface ResolvedClientOptions {
  readonly url: string;
  readonly token: (() => string | Promise<string>) | undefined;
  readonly WebSocket: WebSocketConstructor;
  readonly backoff: BackoffOptions;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly offlineQueue: number;
  readonly rate: PaceOptions;
  readonly clock: Clock;
}

/** @throws RealtimeClientError `no_websocket` */
export function resolveOptions(given: RealtimeClientOptions): ResolvedClientOptions {
  return {
    url: given.url.replace(/^http/, 'ws'),
    token: given.token,
    WebSocket: given.WebSocket ?? globalWebSocket(),
    backoff: { baseMs: 500, maxMs: 20_000, ...given.backoff },
    connectTimeoutMs: given.connectTimeoutMs ?? 10_000,
    requestTimeoutMs: given.requestTimeoutMs ?? 30_000,
    offlineQueue: given.offlineQueue ?? 100,
    // Below the server's 20 at once: frames that were sent apart may arrive together.
    rate: { perSecond: 10, burst: 16, ...given.rate },
    clock: given.clock ?? systemClock,
  };
}

function globalWebSocket(): WebSocketConstructor {
  const { WebSocket } = globalThis as { WebSocket?: WebSocketConstructor };
  if (WebSocket) return WebSocket;
  throw new RealtimeClientError('no_websocket', "There is no global WebSocket here. Hand in one of the package 'ws'.");
}
