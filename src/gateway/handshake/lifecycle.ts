import { Injectable, Logger } from '@nestjs/common';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Identity } from '../../auth/identity';
import { Clock } from '../../async/clock';
import { Connection, ClientInfo } from '../../connections/connection';
import type { ConnectionContext, ConnectionHandler } from '../../connections/connection-context';
import { Connections } from '../../connections/connections';
import { FrameReader } from '../../connections/frame-reader';
import type { InboundFrame } from '../../connections/inbound-frame';
import { LogEntry } from '../../logging/log-entry';
import { bindSocket } from '../../connections/socket-events';
import { DeadlineTimer } from '../../connections/deadline-timer';
import { timestamp } from '../../async/timestamp';
import { RealtimeCounters } from '../../connections/realtime-counters';
import { WriteScheduler } from '../../connections/write-scheduler';
import { Disconnect } from '../../protocol/close-codes';
import { ERRORS, RealtimeError } from '../../protocol/errors';
import { AuthOptions } from '../../auth/auth.options';
import { ConnectionsOptions } from '../../connections/connections.options';
import { HeartbeatOptions } from '../../connections/heartbeat.options';
import { InboxOptions } from '../../connections/inbox.options';
import { OutboxOptions } from '../../connections/outbox.options';
import { RateLimitOptions, connectionBytes } from '../limits/rate-limit.options';
import { Commands } from '../commands/commands';
import { Dispatcher } from '../commands/dispatcher';
import { ThrottledLogger } from '../../logging/throttled-logger';
import { RateLimit } from '../limits/rate-limit';
import { UserBytes } from '../limits/user-bytes';

/** A step between authentication and the first frame, such as the rooms a client asked for in its query. */
export type AdmissionStep = (connection: Connection, query: URLSearchParams) => void | Promise<void>;

/** A connection's life: opened, authenticated, admitted, expired, closed. */
@Injectable()
export class Lifecycle implements ConnectionHandler<Connection> {
  readonly #logger = new Logger('RealtimeModule');
  readonly #failures = new ThrottledLogger();
  readonly #context: ConnectionContext<Connection>;
  readonly #steps: AdmissionStep[] = [];
  /** What each client asked for in its query, until it is admitted: as text, which takes a tenth of what is parsed. */
  readonly #queries = new Map<Connection, string>();
  readonly #admitting = new Set<Connection>();
  /** Those whose gateways' `handleDisconnect` is due. */
  readonly #admitted = new Set<Connection>();
  /** Connections that were told that their token is about to expire, and for which expiry. */
  readonly #warned = new Map<Connection, number>();

  constructor(
    private readonly auth: AuthOptions,
    private readonly limits: ConnectionsOptions,
    private readonly heartbeat: HeartbeatOptions,
    private readonly inbox: InboxOptions,
    private readonly connections: Connections,
    private readonly traffic: RealtimeCounters,
    private readonly commands: Commands,
    private readonly dispatcher: Dispatcher,
    private readonly rateLimit: RateLimit,
    private readonly userBytes: UserBytes,
    turn: WriteScheduler,
    clock: Clock,
    sweep: DeadlineTimer,
    outbox: OutboxOptions,
    rateLimitOptions: RateLimitOptions,
  ) {
    const { maxMessageBytes } = limits;
    const bytes = connectionBytes(rateLimitOptions, limits);
    this.#context = { turn, traffic, clock, handler: this, inbox, outbox, maxMessageBytes, bytes };
    sweep.onTick((connection, now) => this.#checkDeadlines(connection, now));
  }

  /** Adds a step to every admission. Steps run in the order they were added, before the client's first frame. */
  onAdmission(step: AdmissionStep): void {
    this.#steps.push(step);
  }

  /** Takes a socket over, right after its 101. */
  open(ws: WebSocket, socket: Duplex, origin: ClientInfo, search: string, identity?: Identity): void {
    const connection = new Connection(ws, socket, origin, this.#context);
    bindSocket(ws, connection);
    if (!FrameReader.attach(ws, socket, connection, this.limits.maxMessageBytes)) {
      socket.prependListener('data', (chunk: Buffer) => connection.arrived(chunk.length));
    }
    this.connections.add(connection);
    this.traffic.connectionsOpened++;
    if (search) this.#queries.set(connection, search);
    if (identity) this.#openAs(connection, identity);
    else this.#awaitAuthentication(connection);
  }

  /**
   * Gives a connection its identity.
   * @throws RealtimeError `limit_exceeded` when the user has too many connections already
   */
  identify(connection: Connection, identity: Identity): void {
    if (this.connections.ofUser(identity.userId).size >= this.limits.maxPerUser) throw tooManyOfUser();
    connection.identity = identity;
    this.userBytes.share(connection, identity.userId);
    this.connections.identified(connection);
  }

  /** Replaces the identity by that of a newer token of the same user, whose expiry is announced like the first one's. */
  renew(connection: Connection, identity: Identity): void {
    connection.identity = identity;
    this.#warned.delete(connection);
  }

  /**
   * The last step before an authenticated client's frames are handled: the host's hooks, then the admission steps. Its
   * inbox is busy with it, and gives it up like a handler when it takes too long.
   */
  async admit(connection: Connection): Promise<void> {
    this.#admitting.add(connection);
    try {
      await this.#admit(connection);
    } catch (error) {
      this.#refuseAdmission(connection, error);
    }
    this.#admitting.delete(connection);
  }

  greeting(connection: Connection) {
    const { userId, expiresAt } = connection.identity!;
    return {
      connection_id: connection.id,
      user_id: userId,
      expires_at: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
      heartbeat_ms: this.heartbeat.intervalMs,
      max_message_bytes: this.limits.maxMessageBytes,
    };
  }

  // From the connection.

  frame(connection: Connection, bytes: Buffer): void | Promise<void> {
    return this.dispatcher.dispatch(connection, bytes);
  }

  control(connection: Connection, kind: 'ping' | 'pong', payload: Buffer): void {
    try {
      this.rateLimit.chargeConnection(connection);
    } catch (error) {
      if (error instanceof Disconnect) connection.close(error.reason, error.message);
      return;
    }
    if (kind === 'ping') connection.pong(payload);
  }

  timedOut(connection: Connection, frame: InboundFrame | undefined): void {
    this.traffic.handlerTimeouts++;
    if (this.#admitting.has(connection)) return this.#refuseAdmission(connection, tookTooLong());
    const text = `A handler of "${frame?.type}" took longer than ${this.inbox.handlerTimeoutMs} ms`;
    this.#failures.error(text, new LogEntry(text, connection));
    if (frame) this.dispatcher.timedOut(connection, frame);
  }

  /** The socket broke the WebSocket protocol or the limits on frames: `ws` answers with the close code. */
  protocolError(connection: Connection, error: Error): void {
    this.#logger.debug(new LogEntry(error.message, connection));
  }

  closed(connection: Connection, code: number): void {
    this.connections.remove(connection, code);
    this.userBytes.leave(connection);
    this.#queries.delete(connection);
    this.#warned.delete(connection);
    if (!this.#admitted.delete(connection)) return;
    for (const gateway of this.commands.gateways) {
      void this.#hook(connection, () => gateway.handleDisconnect?.(connection, code));
    }
  }

  #openAs(connection: Connection, identity: Identity): void {
    try {
      this.identify(connection, identity);
      connection.send('auth_success', this.greeting(connection));
      connection.outbox.flush();
    } catch (error) {
      return this.#refuseAdmission(connection, error);
    }
    connection.inbox.open(this.admit(connection));
  }

  #awaitAuthentication(connection: Connection): void {
    connection.watchUnauthenticated();
    connection.send('auth_required', { timeout_ms: this.auth.deferredTimeoutMs });
    connection.inbox.open();
  }

  async #admit(connection: Connection): Promise<void> {
    if (connection.closed) return;
    this.#admitted.add(connection);
    for (const gateway of this.commands.gateways) {
      if (gateway.handleConnection && !connection.closed) await gateway.handleConnection(connection);
    }
    const query = new URLSearchParams(this.#queries.get(connection));
    this.#queries.delete(connection);
    for (const step of this.#steps) {
      const pending = connection.closed ? undefined : step(connection, query);
      if (pending) await pending;
    }
  }

  #refuseAdmission(connection: Connection, error: unknown): void {
    if (error instanceof Disconnect) return connection.close(error.reason, error.message);
    if (error instanceof RealtimeError) {
      connection.sendError(error);
      // What may work later is no reason to stay away.
      return connection.close(ERRORS[error.code].retryable ? 'internal_error' : 'not_authenticated', error.code);
    }
    this.#logFailure('A connection could not be admitted', connection, error);
    connection.sendError(new RealtimeError('processing_error'));
    connection.close('internal_error');
  }

  async #hook(connection: Connection, run: () => unknown): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#logFailure('handleDisconnect failed', connection, error);
    }
  }

  #logFailure(text: string, connection: Connection, error: unknown): void {
    const stack = error instanceof Error ? error.stack : undefined;
    this.#failures.error(`${text}: ${String(error)}`, new LogEntry(text, connection), stack);
  }

  #checkDeadlines(connection: Connection, now: number): void {
    connection.inbox.expire(now);
    if (connection.closed) return;
    const { identity } = connection;
    if (!identity) {
      const late = now - connection.connectedAt >= this.auth.deferredTimeoutMs;
      if (late) connection.close('not_authenticated', 'no authenticate frame in time');
    } else if (identity.expiresAt !== undefined) {
      this.#checkExpiry(connection, identity.expiresAt, now);
    }
  }

  #checkExpiry(connection: Connection, expiresAt: number, now: number): void {
    if (now >= expiresAt) return connection.close('token_expired', 'come back with a new token');
    if (now < expiresAt - this.auth.expiringNoticeMs || this.#warned.get(connection) === expiresAt) return;
    this.#warned.set(connection, expiresAt);
    connection.send('auth_expiring', { expires_at: timestamp(expiresAt) });
  }
}

export function tooManyOfUser(): RealtimeError {
  return new RealtimeError('limit_exceeded', 'Too many connections of this user. Close one first.');
}

function tookTooLong(): Error {
  return new Error('handleConnection, or a room of its query, took too long');
}
