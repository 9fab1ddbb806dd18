import type { INestApplication, LoggerService, ModuleMetadata, NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ClientOptions } from 'ws';
import { EventsService, RealtimeModuleOptions, RealtimeWsAdapter, RoomsService } from '../../src';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { Connections } from '../../src/connections/connections';
import { NO_LIMITS } from '../../src/testing/no-limits';
import { TestClient } from './client';
import { realtimeModules, RealtimeModulesOptions } from './realtime-modules';
import { temporaryDirectory } from './program';
import { SECRET, tokenFor, TokenOptions } from './tokens';

/**
 * Most tests look at exact frames, and are not about who comes and goes: unless `presence.announceMaxConnections` is given,
 * nobody is told `user_joined` and `user_left`.
 */
export interface RealtimeTestOptions extends Omit<RealtimeModulesOptions, 'auth'> {
  auth?: Partial<RealtimeModuleOptions['auth']>;
  /** The host's own modules, providers and controllers. */
  host?: Pick<ModuleMetadata, 'imports' | 'providers' | 'controllers'>;
  http?: AbstractHttpAdapter;
  /** Serve TLS with these options. */
  https?: NestApplicationOptions['httpsOptions'];
  /** Where it listens. @default '127.0.0.1' */
  address?: string;
  /** Between creation and listening: global guards and the like. */
  configure?: (app: INestApplication) => void;
  /** Leave the rate limit as it is; otherwise tests are not slowed down by it. */
  limited?: boolean;
}

/** A Nest application with the module in it, listening on a free port; the harness of the end-to-end tests. */
export interface Realtime {
  readonly app: INestApplication;
  readonly port: number;
  readonly url: string;
  readonly events: EventsService;
  readonly rooms: RoomsService;
  /** Every connection the server has. */
  readonly connections: Connections;
  readonly log: TestLogger;
  /** An authenticated client whose `auth_success` has been read. */
  readonly connect: (userId: string, options?: ConnectOptions) => Promise<TestClient>;
  /** A client with nothing but what is given. */
  readonly open: (query?: string, options?: ClientOptions, protocols?: string[]) => Promise<TestClient>;
  readonly close: () => Promise<void>;
}

export interface ConnectOptions extends TokenOptions {
  query?: string;
  headers?: Record<string, string>;
  perMessageDeflate?: ClientOptions['perMessageDeflate'];
}

const running: Realtime[] = [];
const directory = temporaryDirectory();
let servers = 0;

export async function realtime(options: RealtimeTestOptions = {}): Promise<Realtime> {
  const { host, http, https, address = '127.0.0.1', configure, limited, auth, channels, ...module } = options;
  const log = new TestLogger();
  const settings: RealtimeModulesOptions = {
    // Nodes whose test is about what is stored are given one database.
    storage: new SqliteStorage({ file: join(directory, `${++servers}.sqlite`), shared: options.redis !== undefined }),
    policy: 'open',
    ...module,
    presence: module.presence === false ? false : { announceMaxConnections: 0, ...module.presence },
    ...(limited ? {} : unlimited(module)),
    channels: limited ? channels : { requests: { perSecond: 1e6, burst: 1e6 }, ...channels },
    auth: auth?.publicKey || auth?.keys || auth?.authenticator ? auth : { secret: SECRET, ...auth },
  };
  @Module({ ...host, imports: [...realtimeModules(settings), ...(host?.imports ?? [])] })
  class HostModule {}
  const create = { logger: log, abortOnError: false, httpsOptions: https };
  const app = http ? await NestFactory.create(HostModule, http, create) : await NestFactory.create(HostModule, create);
  app.useWebSocketAdapter(new RealtimeWsAdapter(app));
  configure?.(app);
  await app.listen(0, address);
  const running_ = toRealtime(app, log);
  running.push(running_);
  return running_;
}

/** What a test does not say itself is not limited. */
function unlimited({ rateLimit, rooms, connections }: RealtimeTestOptions): Partial<RealtimeModuleOptions> {
  return {
    rateLimit: { ...NO_LIMITS.rateLimit, ...rateLimit },
    rooms: { ...NO_LIMITS.rooms, ...rooms },
    connections: { ...NO_LIMITS.connections, ...connections },
  };
}

/** Stops what a test started. */
export async function stopAll(): Promise<void> {
  for (const each of running.splice(0)) await each.close();
}

function toRealtime(app: INestApplication, log: TestLogger): Realtime {
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  const url = `ws://127.0.0.1:${port}/ws`;
  const clients: TestClient[] = [];
  const open: Realtime['open'] = async (query = '', options, protocols) => {
    const client = await TestClient.open(url + query, options, protocols);
    clients.push(client);
    return client;
  };
  return {
    app,
    port,
    url,
    log,
    open,
    events: app.get(EventsService),
    rooms: app.get(RoomsService),
    connections: app.get(Connections),
    async connect(userId, { query = '', headers, perMessageDeflate = true, ...token } = {}) {
      const authorization = `Bearer ${tokenFor(userId, token)}`;
      const client = await open(query, { headers: { authorization, ...headers }, perMessageDeflate });
      await client.next('auth_success');
      return client;
    },
    async close() {
      for (const client of clients) client.drop();
      await app.close();
    },
  };
}

/** Keeps what Nest logs, so that tests can read it and the output stays quiet. */
export class TestLogger implements LoggerService {
  readonly lines: { level: string; text: string }[] = [];

  log = (...words: unknown[]): void => this.#add('log', words);
  error = (...words: unknown[]): void => this.#add('error', words);
  warn = (...words: unknown[]): void => this.#add('warn', words);
  debug = (...words: unknown[]): void => this.#add('debug', words);
  verbose = (...words: unknown[]): void => this.#add('verbose', words);

  of(level: string): string[] {
    return this.lines.filter((line) => line.level === level).map(({ text }) => text);
  }

  get text(): string {
    return this.lines.map(({ text }) => text).join('\n');
  }

  #add(level: string, words: unknown[]): void {
    this.lines.push({ level, text: words.map(String).join(' ') });
  }
}
