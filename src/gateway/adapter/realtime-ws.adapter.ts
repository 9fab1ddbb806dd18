import type { INestApplication, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocketServer } from 'ws';
import { inOwnContext } from '../../async/own-context';
import { ConnectionsOptions } from '../../connections/connections.options';
import { EndpointOptions, pathsOf } from '../handshake/endpoint.options';
import { Handshake } from '../handshake/handshake';
import { HandshakeTimeout } from '../handshake/handshake-timeout';
import { REALTIME_PATH } from './realtime-gateway.decorator';
import { HandshakeRejection, refuse } from '../handshake/handshake-rejection';

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
type GatewayOptions = Parameters<WsAdapter['create']>[1];

/**
 * Nest's ws adapter, with the module's endpoint beside the host's own gateways. On the module's paths it takes the
 * whole way of a connection over from Nest: admission, dispatch, back-pressure. Other paths and ports stay Nest's.
 */
export class RealtimeWsAdapter extends WsAdapter {
  readonly #app: INestApplication;
  #http: Server | undefined;
  #handshake: Handshake | undefined;
  #endpoint: EndpointOptions | undefined;
  #timeout: HandshakeTimeout | undefined;
  /** The stock adapter's listener: upgrades on the host's other paths. */
  #hostUpgrades: UpgradeListener | undefined;

  /** @throws Error where there is no `RealtimeModule` */
  constructor(app: INestApplication) {
    super(app);
    if (!has(app, Handshake)) {
      throw new Error(
        'RealtimeWsAdapter: there is no RealtimeModule. Import RealtimeModule.forRoot() in a module of yours.',
      );
    }
    this.#app = app;
  }

  override create(port: number, options: GatewayOptions): unknown {
    this.#attach();
    const { path } = options as { path?: string };
    const ours = port === 0 && (path === REALTIME_PATH || pathsOf(this.#endpoint!).includes(path as string));
    return ours ? this.#handshake!.server : this.#createForHost(port, options);
  }

  /** Connections on our paths are not Nest's to wire: they have a dispatch table in common, not one each. */
  override bindClientConnect(server: WebSocketServer, callback: (...args: unknown[]) => void): void {
    if (server !== this.#handshake?.server) super.bindClientConnect(server, callback);
  }

  /** A client that breaks the protocol is no error of the server's: at that level it could flood the log. */
  override bindErrorHandler(server: WebSocketServer): WebSocketServer {
    server.on('connection', (client) => client.on('error', (error: Error) => this.logger.debug(error.message)));
    return server.on('error', (error) => this.logger.error(error));
  }

  override async close(server: WebSocketServer): Promise<void> {
    if (server !== this.#handshake?.server) await super.close(server);
  }

  override async dispose(): Promise<void> {
    // Sockets that are open already may still send an upgrade: until the server is closed each is answered, and in time.
    if (this.#http?.listening) this.#http.once('close', () => this.#release());
    else this.#release();
    await super.dispose();
  }

  #release(): void {
    this.#http?.off('upgrade', this.#onUpgrade);
    this.#timeout?.release();
  }

  #attach(): void {
    if (this.#http) return;
    this.#handshake = this.#app.get(Handshake);
    this.#endpoint = this.#app.get(EndpointOptions);
    this.#http = this.#app.getHttpServer() as Server;
    this.#http.on('upgrade', this.#onUpgrade);
    this.#timeout = new HandshakeTimeout(this.#http, this.#handshakeTimeoutMs);
    this.#app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      if (this.#isOurPath(targetOf(request)?.pathname)) answerPlainHttp(request, response);
      else next();
    });
  }

  /** The stock adapter adds a listener that destroys the sockets of every path it does not know, so ours calls it. */
  #createForHost(port: number, options: GatewayOptions): unknown {
    const before = this.#http!.listeners('upgrade');
    const server: unknown = super.create(port, options);
    const added = this.#http!.listeners('upgrade').find((listener) => !before.includes(listener)) as
      UpgradeListener | undefined;
    if (added) {
      this.#http!.off('upgrade', added);
      this.#hostUpgrades = added;
    }
    // The stock adapter writes to sockets nobody listens to: one reset and the process is gone.
    if (port !== 0)
      (this.httpServersRegistry as Map<number, Server | undefined>).get(port)?.prependListener('upgrade', endOnError);
    return server;
  }

  readonly #onUpgrade: UpgradeListener = (request, socket, head) => {
    endOnError(request, socket);
    this.#timeout!.upgraded(request);
    const target = targetOf(request);
    if (!target)
      return refuse(
        socket,
        new HandshakeRejection(400, 'bad_request', 'The request target or the Host header is not valid.'),
      );
    if (this.#isOurPath(target.pathname)) return this.#upgrade(request, socket, head, target.search);
    if (this.#isHostPath(target.pathname)) return this.#hostUpgrades!(request, socket, head);
    // Somebody else listens, too: an endpoint that is none of Nest's.
    if (this.#http!.listenerCount('upgrade') > 1) this.#refuseUnanswered(socket as Socket);
    else refuse(socket, this.#unknownPath());
  };

  /** The other listener may not know the path either, and need not say so. */
  #refuseUnanswered(socket: Socket): void {
    const { bytesWritten } = socket;
    const timer = setTimeout(() => {
      if (socket.bytesWritten === bytesWritten) refuse(socket, this.#unknownPath());
    }, this.#handshakeTimeoutMs).unref();
    socket.once('close', () => clearTimeout(timer));
  }

  #unknownPath(): HandshakeRejection {
    return new HandshakeRejection(
      404,
      'not_found',
      `There is no WebSocket endpoint here. Try ${this.#endpoint!.path}.`,
    );
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, search: string): void {
    inOwnContext(() => this.#handshake!.upgrade(request, socket, head, search)).catch((error: unknown) => {
      // A defect of ours; it must cost one socket, not the process.
      this.logger.error(error);
      socket.destroy();
    });
  }

  /** The stock adapter would destroy the sockets of other paths without a word. */
  #isHostPath(pathname: string): boolean {
    const servers = (this.wsServersRegistry as Map<number, { path: string }[] | undefined>).get(0) ?? [];
    return servers.some(({ path }) => path === pathname);
  }

  get #handshakeTimeoutMs(): number {
    return this.#app.get(ConnectionsOptions).handshakeTimeoutMs;
  }

  #isOurPath(pathname: string | undefined): boolean {
    return pathname !== undefined && pathsOf(this.#endpoint!).includes(pathname);
  }
}

/** Whether it is anywhere in the application. To ask for what is not ends the process, unless Nest was told otherwise. */
function has(app: INestApplication, provider: Type): boolean {
  return [...app.get(ModulesContainer).values()].some(({ providers }) => providers.has(provider));
}

/** The first line of every upgrade: from here on a reset is the end of that socket, not of the process. */
function endOnError(_request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => socket.destroy());
}

/** Path and query of a request in origin form with a sound Host header; nothing for any other. */
function targetOf({ url = '', headers }: IncomingMessage): { pathname: string; search: string } | undefined {
  if (!url.startsWith('/') || url.startsWith('//') || !isSound(headers.host)) return undefined;
  const mark = url.indexOf('?');
  return mark < 0 ? { pathname: url, search: '' } : { pathname: url.slice(0, mark), search: url.slice(mark) };
}

/** Mostly that of the next request, too; to parse it takes longer than anything else before the token is verified. */
let lastSound: string | undefined;

function isSound(host = ''): boolean {
  if (host !== lastSound && URL.canParse(`http://${host}`)) lastSound = host;
  return host === lastSound;
}

function answerPlainHttp(request: IncomingMessage, response: ServerResponse): void {
  const refusal =
    request.method === 'GET'
      ? new HandshakeRejection(426, 'upgrade_required', 'This is a WebSocket endpoint.', {
          Upgrade: 'websocket',
          Connection: 'Upgrade',
        })
      : new HandshakeRejection(405, 'method_not_allowed', `Connect with GET, got ${request.method}.`, { Allow: 'GET' });
  response.writeHead(refusal.status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(refusal.body),
    ...refusal.headers,
  });
  response.end(refusal.body);
}
