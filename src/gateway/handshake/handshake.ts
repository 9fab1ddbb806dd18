import { Injectable, Logger } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { loadMsgpack } from '../../connections/wire-format';
import { Authenticator } from '../../auth/authenticator';
import { Credential, findCredential } from '../../auth/credential';
import type { Identity } from '../../auth/identity';
import { Connections } from '../../connections/connections';
import { RealtimeError } from '../../protocol/errors';
import type { WireFormat } from '../../connections/wire-format';
import { SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK } from '../../protocol/frames';
import { EndpointOptions } from './endpoint.options';
import { ConnectionsOptions } from '../../connections/connections.options';
import { AuthOptions } from '../../auth/auth.options';
import { DrainOptions } from '../shutdown/drain.options';
import { MessagePackOptions } from '../../connections/message-pack.options';
import { CompressionOptions } from '../../connections/compression.options';
import { isPromise } from '../../async/maybe-promise';
import { clientAddress } from './client-address';
import { ShutdownState } from '../shutdown/shutdown-state';
import { HandshakeRate } from './handshake-rate';
import { Lifecycle, tooManyOfUser } from './lifecycle';
import { isOriginAllowed, isOriginTrusted } from './origin';
import { AuthFailures } from './auth-failures';
import { HandshakeRejection, refuse } from './handshake-rejection';

/** Seconds a client that hit a limit should wait. */
const RETRY_AFTER = { 'Retry-After': '10' };
const UNAUTHORIZED = { 'WWW-Authenticate': 'Bearer' };
/** How long a closing client may take to answer our close frame, milliseconds. */
const CLOSE_TIMEOUT_MS = 10_000;
/** A frame that comes in smaller pieces than this, on average, costs more in bookkeeping than it holds. */
const MIN_CHUNK_BYTES = 256;
const MIN_CHUNKS = 1024;
/** A failing authenticator is logged this often: one line per handshake would let clients flood the log. */
const LOG_EVERY_MS = 1_000;
/** What hosts get to see of it; a connection should not hold as much as a header can. */
const MAX_USER_AGENT = 256;

/** From an upgrade request to a connection: every check that can be made before the 101 is made here. */
@Injectable()
export class Handshake {
  readonly #logger = new Logger('RealtimeModule');
  readonly server: WebSocketServer;
  /** Sockets between their upgrade request and the 101: they count against the limits too. */
  #pending = 0;
  #loggedAt = 0;

  constructor(
    private readonly endpoint: EndpointOptions,
    private readonly limits: ConnectionsOptions,
    private readonly auth: AuthOptions,
    private readonly drain: DrainOptions,
    private readonly authenticator: Authenticator,
    private readonly connections: Connections,
    private readonly lifecycle: Lifecycle,
    private readonly draining: ShutdownState,
    private readonly refusals: AuthFailures,
    private readonly rate: HandshakeRate,
    messagePack: MessagePackOptions,
    compression: CompressionOptions,
  ) {
    // At boot: a package that is missing is not found out by the first client that needs it.
    if (messagePack.enabled) loadMsgpack();
    const subprotocols = [SUBPROTOCOL_JSON, ...(messagePack.enabled ? [SUBPROTOCOL_MSGPACK] : [])];
    this.server = createServer(limits, compression, subprotocols);
    this.server.on('wsClientError', (error, socket) =>
      refuse(socket, new HandshakeRejection(400, 'bad_request', error.message, { 'Sec-WebSocket-Version': '13, 8' })),
    );
  }

  /** Answers an upgrade request for one of our paths. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, search: string): Promise<void> {
    const address = clientAddress(request, this.limits.trustedProxies);
    this.#pending++;
    this.connections.holdAddress(address);
    let identity: Identity | undefined;
    try {
      const checked = this.#check(request, search, address);
      identity = isPromise(checked) ? await checked : checked;
      this.#checkOnceMore(identity);
    } catch (error) {
      const refusal = this.#toRefusal(error);
      if (refusal.status === 401 || refusal.code === 'banned') this.refusals.tell({ address, code: refusal.code });
      return refuse(socket, refusal);
    } finally {
      this.#pending--;
      this.connections.releaseAddress(address);
    }
    const userAgent = cut(request.headers['user-agent'], MAX_USER_AGENT);
    // The 101 and the greeting leave in one write: each wakes the client up.
    socket.cork();
    this.server.handleUpgrade(request, socket, head, (ws) => {
      const origin = { address, userAgent, form: formOf(ws, request) };
      this.lifecycle.open(ws, socket, origin, search, identity);
    });
    socket.uncork();
  }

  #check(request: IncomingMessage, search: string, address: string): Identity | undefined | Promise<Identity> {
    if (request.method !== 'GET') {
      throw new HandshakeRejection(405, 'method_not_allowed', `Connect with GET, got ${request.method}.`, {
        Allow: 'GET',
      });
    }
    this.#refuseWhileDraining();
    const { origin, host } = request.headers;
    if (origin !== undefined && !isOriginAllowed(this.endpoint.origins, origin, host)) {
      throw new HandshakeRejection(
        403,
        'forbidden',
        'This origin may not connect. The server\'s "origins" option names those that may.',
      );
    }
    this.#checkLimits(address);
    const cookie = { name: this.auth.cookie, allowed: this.#takesCookie(request) };
    const credential = findCredential(request, new URLSearchParams(search), cookie);
    if (credential) return this.#authenticate(credential, request, address);
    if (this.auth.deferred) return undefined;
    throw new RealtimeError('unauthorized', 'Send a token, for instance as "Authorization: Bearer …".');
  }

  #takesCookie({ headers: { origin, host, cookie } }: IncomingMessage): boolean {
    return cookie !== undefined && origin !== undefined && isOriginTrusted(this.endpoint.origins, origin, host);
  }

  #refuseWhileDraining(): void {
    if (!this.draining.active) return;
    throw new HandshakeRejection(503, 'server_shutdown', 'The server is shutting down.', {
      'Retry-After': String(Math.ceil(this.drain.windowMs / 1000)),
    });
  }

  #checkLimits(address: string): void {
    const { max, maxPerAddress } = this.limits;
    if (this.connections.size + this.#pending > max) {
      throw new HandshakeRejection(503, 'limit_exceeded', 'The server is full.', RETRY_AFTER);
    }
    if (this.connections.countOfAddress(address) > maxPerAddress) {
      throw new HandshakeRejection(429, 'limit_exceeded', 'Too many connections from this address.', RETRY_AFTER);
    }
    this.rate.chargeAddress(address);
  }

  #authenticate(credential: Credential, request: IncomingMessage, address: string): Identity | Promise<Identity> {
    const identity = this.authenticator.authenticate({ ...credential, address, headers: request.headers });
    return isPromise(identity) ? this.#inTime(identity) : identity;
  }

  /** What could not be checked before the token was verified. From here to the open connection nothing waits. */
  #checkOnceMore(identity: Identity | undefined): void {
    this.#refuseWhileDraining();
    if (!identity) return;
    if (this.connections.ofUser(identity.userId).size >= this.limits.maxPerUser) throw tooManyOfUser();
    this.rate.chargeUser(identity.userId);
  }

  async #inTime(identity: Promise<Identity>): Promise<Identity> {
    let timer: NodeJS.Timeout | undefined;
    const ms = this.limits.handshakeTimeoutMs;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`The authenticator took longer than ${ms} ms`)), ms);
    });
    try {
      return await Promise.race([identity, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #toRefusal(error: unknown): HandshakeRejection {
    if (error instanceof HandshakeRejection) return error;
    if (!(error instanceof RealtimeError)) {
      this.#log('A handshake failed', error);
      return new HandshakeRejection(
        503,
        'unavailable',
        'The server cannot let you in now. Try again later.',
        RETRY_AFTER,
      );
    }
    if (error.code === 'rate_limited') return new HandshakeRejection(429, error.code, error.message, retryAfter(error));
    if (error.code === 'limit_exceeded') return new HandshakeRejection(429, error.code, error.message, RETRY_AFTER);
    if (error.code === 'forbidden' || error.code === 'banned')
      return new HandshakeRejection(403, error.code, error.message);
    if (error.code !== 'unavailable') return new HandshakeRejection(401, 'unauthorized', error.message, UNAUTHORIZED);
    if (error.cause !== undefined) this.#log('Tokens cannot be verified', error.cause);
    return new HandshakeRejection(503, error.code, error.message, RETRY_AFTER);
  }

  #log(problem: string, cause: unknown): void {
    const now = Date.now();
    if (now - this.#loggedAt < LOG_EVERY_MS) return;
    this.#loggedAt = now;
    this.#logger.error(problem, cause instanceof Error ? cause.stack : undefined);
  }
}

/** Whole seconds; an authenticator of the application's own may not say how many. */
function retryAfter({ retryAfterMs }: RealtimeError): Record<string, string> {
  return retryAfterMs === undefined ? RETRY_AFTER : { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) };
}

/** What the client takes: its subprotocol, and compressed frames if it accepts ours, whose window is the largest. */
function formOf({ protocol, extensions }: WebSocket, { headers }: IncomingMessage): WireFormat {
  const encoding = protocol === SUBPROTOCOL_MSGPACK ? 'msgpack' : 'json';
  const small = headers['sec-websocket-extensions']?.includes('server_max_window_bits');
  return extensions.includes('permessage-deflate') && !small ? `${encoding}+deflate` : encoding;
}

/** The first characters, copied: a slice would keep the whole alive. */
function cut(text: string | undefined, length: number): string | undefined {
  return text && Buffer.from(text.slice(0, length), 'latin1').toString('latin1');
}

function createServer(
  { maxMessageBytes, maxFragments }: ConnectionsOptions,
  compression: CompressionOptions,
  subprotocols: readonly string[],
): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    autoPong: false,
    perMessageDeflate: compression.enabled && {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
    },
    maxPayload: maxMessageBytes,
    handleProtocols: (offered) => [...offered].find((protocol) => subprotocols.includes(protocol)) ?? false,
    // Known to ws 8.23, but not yet to its types.
    ...{ maxFragments, closeTimeout: CLOSE_TIMEOUT_MS },
    ...{ maxBufferedChunks: Math.max(MIN_CHUNKS, Math.ceil(maxMessageBytes / MIN_CHUNK_BYTES)) },
  });
}
