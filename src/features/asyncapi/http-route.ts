import { HttpStatus, RequestMethod } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { BearerGuard } from '../../gateway/handshake/bearer.guard';
import { isDto } from '../../gateway/validation/frame.pipe';

// Nest's metadata keys and parameter types, the same on 11 and 12.
const PATH = 'path';
const METHOD = 'method';
const HTTP_CODE = '__httpCode__';
const GUARDS = '__guards__';
const FILTERS = '__exceptionFilters__';
const PARAMETERS = '__routeArguments__';
const BODY = 3;
const QUERY = 4;
const PARAM = 5;

type Handler = (...args: unknown[]) => unknown;

/** A method of a controller that answers HTTP requests, as its decorators say. */
export class HttpRoute {
  readonly handler: Handler;
  readonly #kinds: readonly number[];
  readonly #types: readonly unknown[];

  constructor(
    private readonly controller: Type,
    private readonly name: string,
  ) {
    this.handler = (controller.prototype as Record<string, Handler>)[name];
    const parameters = (Reflect.getMetadata(PARAMETERS, controller, name) ?? {}) as Record<string, { index: number }>;
    const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, this.name) ??
      []) as unknown[];
    const taken = Object.entries(parameters).map(([key, { index }]) => [Number.parseInt(key), types[index]] as const);
    this.#kinds = taken.map(([kind]) => kind);
    this.#types = taken.map(([, type]) => type);
  }

  static of(controller: Type): HttpRoute[] {
    const prototype = controller.prototype as Record<string, unknown>;
    const methods = namesIn(prototype).filter((name) => typeof prototype[name] === 'function');
    return methods
      .filter((name) => Reflect.hasMetadata(PATH, prototype[name] as object) && name !== 'constructor')
      .map((name) => new HttpRoute(controller, name));
  }

  get body(): Type | undefined {
    return this.#dto(BODY);
  }

  get query(): Type | undefined {
    return this.#dto(QUERY);
  }

  /** Whether the client can send something that is refused for what it is. */
  get takesInput(): boolean {
    return [BODY, QUERY, PARAM].some((kind) => this.#kinds.includes(kind));
  }

  /** Where it succeeds. */
  get status(): number {
    const { handler } = this;
    const created = Reflect.getMetadata(METHOD, handler) === RequestMethod.POST;
    return (Reflect.getMetadata(HTTP_CODE, handler) as number) ?? (created ? HttpStatus.CREATED : HttpStatus.OK);
  }

  get needsToken(): boolean {
    return this.#has(GUARDS, BearerGuard);
  }

  /** Whether its errors are those of the protocol: a filter of ours answers them. */
  get hasFilter(): boolean {
    return this.#has(FILTERS);
  }

  #dto(kind: number): Type | undefined {
    return this.#types.find((type, i): type is Type => this.#kinds[i] === kind && isDto(type));
  }

  #has(key: string, wanted?: Type): boolean {
    const of = (target: object): unknown[] => (Reflect.getMetadata(key, target) as unknown[] | undefined) ?? [];
    const found = [...of(this.controller), ...of(this.handler)];
    return wanted === undefined ? found.length > 0 : found.some((each) => isOrExtends(each, wanted));
  }
}

/** Of a class and those it extends, but for Object. */
function namesIn(prototype: object): string[] {
  if (prototype === Object.prototype) return [];
  const inherited = namesIn(Object.getPrototypeOf(prototype) as object);
  return [...new Set([...inherited, ...Object.getOwnPropertyNames(prototype)])];
}

function isOrExtends(type: unknown, wanted: Type): boolean {
  return type === wanted || (type as Partial<Type> | undefined)?.prototype instanceof wanted;
}
