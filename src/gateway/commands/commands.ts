import { ArgumentMetadata, Injectable, Logger, PipeTransform, Type, ValidationPipe } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { ExecutionContext } from '@nestjs/common';
import { isTypeName } from '../../protocol/codec';
import { EndpointOptions, pathsOf } from '../handshake/endpoint.options';
import { Command, CommandParameter } from './command';
import { Holds, HOLDS, IDEMPOTENCY, IdempotencyScope, inboundFrame, UNAUTHENTICATED } from './command-options';
import { Enhancers, GatewayProvider, Method } from './enhancers';
import { FramePipe, isDto } from '../validation/frame.pipe';
import { REALTIME_PATH } from '../adapter/realtime-gateway.decorator';
import { repliesOf } from './reply-type.decorator';

// Nest's metadata keys and parameter types, the same on 11 and 12.
const GATEWAY = 'websockets:is_gateway';
const GATEWAY_OPTIONS = 'websockets:gateway_options';
const MESSAGE_MAPPING = 'websockets:message_mapping';
const MESSAGE = 'message';
const PORT = 'port';
const PARAMETERS = '__routeArguments__';
const CUSTOM_PARAMETER = '__customRouteArgs__';
const SOCKET = 0;
const PAYLOAD = 3;

interface ParameterMetadata {
  readonly index: number;
  readonly data?: string;
  readonly pipes?: (PipeTransform | Type<PipeTransform>)[];
  readonly factory?: (data: unknown, context: ExecutionContext) => unknown;
}

/** The optional hooks of a gateway class. */
export interface GatewayHooks {
  handleConnection?(connection: unknown): unknown;
  handleDisconnect?(connection: unknown, code: number): unknown;
}

/** Every command on the module's endpoint, out of all gateway classes that share it. */
@Injectable()
export class Commands {
  readonly #logger = new Logger('RealtimeModule');
  readonly #byType = new Map<string, Command>();
  readonly #gateways: (GatewayHooks & object)[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly enhancers: Enhancers,
    private readonly endpoint: EndpointOptions,
  ) {}

  get gateways(): readonly GatewayHooks[] {
    return this.#gateways;
  }

  get types(): IterableIterator<string> {
    return this.#byType.keys();
  }

  find(type: string): Command | undefined {
    return this.#byType.get(type);
  }

  /** @throws Error when two gateways have the same command, naming both */
  prepare(): void {
    for (const provider of this.discovery.getProviders()) {
      if (!this.#isOurs(provider) || this.#gateways.includes(provider.instance as object)) continue;
      this.#gateways.push(provider.instance as object);
      const prototype = Object.getPrototypeOf(provider.instance) as Record<string, Method>;
      for (const name of this.scanner.getAllMethodNames(prototype)) this.#add(provider, name, prototype[name]);
      checkLifetime(provider);
    }
    for (const warning of this.enhancers.ignored()) this.#logger.warn(warning);
  }

  #isOurs(provider: GatewayProvider): boolean {
    const { metatype } = provider;
    const instance: unknown = provider.instance;
    if (!instance || typeof metatype !== 'function' || !Reflect.getMetadata(GATEWAY, metatype)) return false;
    const { path } = (Reflect.getMetadata(GATEWAY_OPTIONS, metatype) as { path?: string } | undefined) ?? {};
    const ownPort = Boolean(Reflect.getMetadata(PORT, metatype));
    return !ownPort && (path === REALTIME_PATH || pathsOf(this.endpoint).includes(path as string));
  }

  #add(provider: GatewayProvider, name: string, method: Method): void {
    if (!Reflect.getMetadata(MESSAGE_MAPPING, method)) return;
    const type: unknown = Reflect.getMetadata(MESSAGE, method);
    if (!isTypeName(type)) {
      throw new Error(`RealtimeModule: ${provider.name}.${name} has no usable name: ${String(type)}. Try snake_case.`);
    }
    const command = this.#prepare(provider, name, method, type);
    const other = this.#byType.get(type);
    if (other) throw new Error(duplicate(type, other, command));
    this.#byType.set(type, command);
  }

  #prepare(provider: GatewayProvider, name: string, method: Method, type: string): Command {
    const gateway = provider.instance as object;
    const unauthenticated = Reflect.getMetadata(UNAUTHENTICATED, method) === true;
    return new Command({
      type,
      gateway,
      method,
      unauthenticated,
      idempotency: (Reflect.getMetadata(IDEMPOTENCY, method) as IdempotencyScope | undefined) ?? 'user',
      holds: Reflect.getMetadata(HOLDS, method) as Holds | undefined,
      guards: this.enhancers.guards(provider, method),
      interceptors: this.enhancers.interceptors(provider, method),
      filters: this.enhancers.filters(provider, method),
      replies: repliesOf(method),
      parameters: this.#parameters(provider, name, method),
    });
  }

  #parameters(provider: GatewayProvider, name: string, method: Method): CommandParameter[] {
    const types = (Reflect.getMetadata('design:paramtypes', provider.instance as object, name) as Type[]) ?? [];
    const decorated = Reflect.getMetadata(PARAMETERS, provider.metatype as Type, name) as
      Record<string, ParameterMetadata> | undefined;
    const entries = Object.entries(decorated ?? { [`${SOCKET}:0`]: { index: 0 }, [`${PAYLOAD}:1`]: { index: 1 } });
    const pipes = this.enhancers.pipes(provider, method);
    const parameters: CommandParameter[] = [];
    for (const [key, metadata] of entries) {
      const own = (metadata.pipes ?? []).map((pipe) => this.enhancers.instance(pipe, provider));
      parameters[metadata.index] = toParameter(key, metadata, types[metadata.index], [...pipes, ...own]);
    }
    return Array.from(parameters, (parameter) => parameter ?? NOTHING);
  }
}

/** @throws Error when there is not one instance of a gateway, but one for each request or none that is whole */
function checkLifetime(provider: GatewayProvider): void {
  if (provider.isDependencyTreeStatic() && !provider.isTransient) return;
  const scope = provider.isTransient ? 'transient' : 'request-scoped, or something it injects is';
  throw new Error(
    `RealtimeModule: ${provider.name} is ${scope}. One instance serves all connections: make it a singleton.`,
  );
}

function duplicate(type: string, one: Command, other: Command): string {
  const both = `RealtimeModule: ${one.name} and ${other.name} both answer "${type}".`;
  return one.name === other.name
    ? `${both} Provide the gateway in one module only, and import RealtimeModule.forRoot() once: it is there for all modules.`
    : `${both} Rename one.`;
}

const NOTHING: CommandParameter = { extract: () => undefined, pipes: [], metadata: { type: 'custom' } };

function toParameter(
  key: string,
  { data, factory }: ParameterMetadata,
  metatype: Type | undefined,
  pipes: PipeTransform[],
): CommandParameter {
  const metadata: ArgumentMetadata & CommandParameter['metadata'] = { type: 'custom', metatype, data };
  if (key.includes(CUSTOM_PARAMETER)) {
    const extract: CommandParameter['extract'] = (connection, frame, command) =>
      factory?.(data, command.context(connection, frame));
    return { extract, pipes: factory === inboundFrame ? [] : pipes, metadata };
  }
  if (key.startsWith(`${SOCKET}:`)) return { ...NOTHING, extract: (connection) => connection };
  if (!key.startsWith(`${PAYLOAD}:`)) return NOTHING;
  const body = { ...metadata, type: 'body' as const };
  const checks = isDto(metatype) ? [new FramePipe(metatype, data), ...pipes.filter(isNotValidation)] : pipes;
  if (!data) return { extract: (_, frame) => frame.data, pipes: checks, metadata: body };
  return { extract: (_, frame) => ownValue(frame.data as object, data), pipes: checks, metadata: body };
}

/**
 * Nest's own ValidationPipe (not one that extends it) would check once more what the FramePipe let pass, and copy it value by value: an application that
 * has one for HTTP would be stopped for seconds by one frame with much free-form data.
 */
function isNotValidation(pipe: PipeTransform): boolean {
  return pipe.constructor !== ValidationPipe;
}

/** A key of the client's: what every object inherits is not meant. */
function ownValue(data: object, key: string): unknown {
  return Object.hasOwn(data, key) ? data[key as keyof object] : undefined;
}
