import type { INestApplication, LoggerService, LogLevel, ModuleMetadata, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Test, TestingModuleBuilder } from '@nestjs/testing';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Clock } from '../async/clock';
import { RealtimeWsAdapter } from '../gateway/adapter/realtime-ws.adapter';
import { EndpointOptions } from '../gateway/handshake/endpoint.options';
import { ADAPTERS } from '../module/adapter.providers';
import { REALTIME_OPTIONS } from '../module/feature';
import { MODULE_OPTIONS_TOKEN } from '../realtime.module-definition';
import { RealtimeModuleOptions, resolveRealtimeOptions } from '../realtime.options';
import { NO_LIMITS } from './no-limits';
import type { InMemoryCluster, ClusterMember } from './cluster/in-memory-cluster';

export interface NodeOptions {
  /** The application, as its root module imports it. */
  imports: NonNullable<ModuleMetadata['imports']>;
  /** Other parts of the host, such as a gateway made for this test. */
  providers?: ModuleMetadata['providers'];
  controllers?: ModuleMetadata['controllers'];
  /** Replaces providers of the application, as `Test.createTestingModule` does. */
  overrides?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  /** Between creation and listening: global pipes and the like. */
  configure?: (app: INestApplication) => void;
  /** Makes the HTTP adapter. @default Express */
  http?: () => AbstractHttpAdapter;
  /** Keep the application's rate limit; otherwise no test is slowed down by it. @default false */
  limited?: boolean;
  /** What Nest logs. @default ['fatal', 'error'] */
  logger?: LoggerService | LogLevel[] | false;
}

/** One node: the application, listening on a free port of 127.0.0.1, beside the other nodes of the test. */
export class TestNode {
  #app: INestApplication | undefined;
  #end: ClusterMember | undefined;
  /** Every TCP connection it has. */
  readonly #sockets = new Set<Socket>();
  /** What was killed is cleared away in its own time. */
  #clearing: Promise<unknown> = Promise.resolve();
  #starts = 0;

  constructor(
    private readonly index: number,
    private readonly options: NodeOptions,
    private readonly site: InMemoryCluster,
    private readonly clock: Clock,
  ) {}

  /** Its name, such as `nodes[0]`. */
  get name(): string {
    return `nodes[${this.index}]`;
  }

  get alive(): boolean {
    return this.#app !== undefined;
  }

  /** The Nest application. @throws Error when it was stopped or killed */
  get app(): INestApplication {
    if (!this.#app) throw new Error(`${this.name} is not running. Try ${this.name}.restart().`);
    return this.#app;
  }

  /** The endpoint, such as `ws://127.0.0.1:49152/ws`; another one after each restart. */
  get url(): string {
    const { port } = (this.app.getHttpServer() as Server).address() as AddressInfo;
    return `ws://127.0.0.1:${port}${this.get(EndpointOptions).path}`;
  }

  /** A provider of any of its modules. */
  get<T>(token: Type<T> | (abstract new (...args: never[]) => T) | string | symbol): T {
    return this.app.get<T>(token, { strict: false });
  }

  /** The server's end of a TCP connection from this local port. */
  socketFrom(port: number | undefined): Socket | undefined {
    return port === undefined ? undefined : [...this.#sockets].find(({ remotePort }) => remotePort === port);
  }

  /** Boots it. @throws Error when it is running, or does not boot */
  async restart(): Promise<void> {
    if (this.#app) throw new Error(`${this.name} is running. Try ${this.name}.stop() or ${this.name}.kill() first.`);
    const { overrides = (builder) => builder, configure, http, logger = ['fatal', 'error'] } = this.options;
    const { imports, providers, controllers } = this.options;
    const builder = Test.createTestingModule({ imports, providers, controllers });
    const module = await overrides(this.#atTheSite(builder)).compile();
    const create = { logger, abortOnError: false };
    const app = http ? module.createNestApplication(http(), create) : module.createNestApplication(create);
    try {
      if (!this.#end) throw new Error('realtimeTest: none of the modules in `imports` imports RealtimeModule.');
      app.useWebSocketAdapter(new RealtimeWsAdapter(app));
      configure?.(app);
      await app.listen(0, '127.0.0.1');
    } catch (error) {
      await app.close();
      throw error;
    }
    this.#watch(app.getHttpServer() as Server);
    this.#app = app;
  }

  /** Drains it, as SIGTERM does: clients are told when to come back, and closed with 1012. */
  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = undefined;
    await app?.close();
  }

  /**
   * Ends it as SIGKILL does, as far as one process can: sockets break without a close frame, the other nodes do not hear
   * from it any more. Handlers it was just running go on, but reach nobody; what they write into the database is there.
   */
  async kill(): Promise<void> {
    const app = this.#app;
    if (!app) return;
    this.#app = undefined;
    await this.#end?.cut();
    for (const socket of this.#sockets) socket.destroy();
    // That it cannot say goodbye any more is as it should be.
    this.#clearing = Promise.allSettled([this.#clearing, app.close()]);
  }

  /** Stops it, and waits for what was killed before. */
  async close(): Promise<void> {
    await this.stop();
    await this.#clearing;
  }

  #watch(server: Server): void {
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** The application as it is, but for the adapters it would have for itself alone. */
  #atTheSite(builder: TestingModuleBuilder): TestingModuleBuilder {
    let end: ClusterMember | undefined;
    const name = this.#starts++ ? `${this.name}, start ${this.#starts},` : this.name;
    const join = (given: RealtimeModuleOptions): RealtimeModuleOptions => {
      this.#end = end ??= this.site.join(this.#unlimited(given), name);
      return end.options;
    };
    return builder
      .overrideProvider(Clock)
      .useValue(this.clock)
      .overrideProvider(REALTIME_OPTIONS)
      .useFactory({
        inject: [MODULE_OPTIONS_TOKEN],
        factory: (given: RealtimeModuleOptions) => resolveRealtimeOptions(join(given)),
      })
      .overrideProvider(ADAPTERS)
      .useFactory({ inject: [MODULE_OPTIONS_TOKEN], factory: join });
  }

  #unlimited(given: RealtimeModuleOptions): RealtimeModuleOptions {
    if (this.options.limited) return given;
    const { rateLimit, rooms, connections } = NO_LIMITS;
    return {
      ...given,
      rateLimit: { ...given.rateLimit, ...rateLimit },
      rooms: { ...given.rooms, ...rooms },
      connections: { ...given.connections, ...connections },
    };
  }
}
