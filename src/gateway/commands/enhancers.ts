import type { CanActivate, ExceptionFilter, NestInterceptor, PipeTransform, Type } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { ApplicationConfig, DiscoveryService, ModuleRef } from '@nestjs/core';

/** Nest's own metadata keys: the same strings on 11 and 12, though the files that hold them moved. */
const GUARDS = '__guards__';
const INTERCEPTORS = '__interceptors__';
const PIPES = '__pipes__';
const FILTERS = '__exceptionFilters__';
const CATCHES = '__filterCatchExceptions__';

/** A gateway class as Nest's container holds it. */
export type GatewayProvider = ReturnType<DiscoveryService['getProviders']>[number];

export type Method = (...args: unknown[]) => unknown;

export interface PreparedFilter {
  readonly filter: ExceptionFilter;
  /** The classes it catches; empty: everything. */
  readonly catches: readonly (abstract new (...args: never[]) => unknown)[];
}

/**
 * Finds what applies to a handler: global, class and method guards, interceptors, pipes and filters. Nest does this
 * itself for HTTP; for gateways it leaves out global filters, and on 11 everything global.
 */
@Injectable()
export class Enhancers {
  readonly #config: ApplicationConfig;

  constructor(moduleRef: ModuleRef) {
    this.#config = applicationConfig(moduleRef);
  }

  guards(gateway: GatewayProvider, method: Method): CanActivate[] {
    return [...this.#config.getGlobalGuards(), ...this.#own<CanActivate>(GUARDS, gateway, method)];
  }

  interceptors(gateway: GatewayProvider, method: Method): NestInterceptor[] {
    return [...this.#config.getGlobalInterceptors(), ...this.#own<NestInterceptor>(INTERCEPTORS, gateway, method)];
  }

  pipes(gateway: GatewayProvider, method: Method): PipeTransform[] {
    return [...this.#config.getGlobalPipes(), ...this.#own<PipeTransform>(PIPES, gateway, method)];
  }

  /** The nearest first: method, class, global. */
  filters(gateway: GatewayProvider, method: Method): PreparedFilter[] {
    const filters = [...this.#config.getGlobalFilters(), ...this.#own<ExceptionFilter>(FILTERS, gateway, method)];
    return filters.reverse().map((filter) => ({
      filter,
      catches: (Reflect.getMetadata(CATCHES, filter.constructor) as PreparedFilter['catches']) ?? [],
    }));
  }

  /** The instance of a guard, pipe … that was given as a class. */
  instance<T extends object>(given: T | Type<T>, gateway: GatewayProvider): T {
    if (typeof given !== 'function') return given;
    const wrapper = gateway.host?.injectables.get(given);
    const name = `${given.name} on ${gateway.name}`;
    if (!wrapper) throw new Error(`RealtimeModule: ${name} was not found. Try giving an instance of it.`);
    if (!wrapper.isDependencyTreeStatic() || wrapper.isTransient) {
      const scope = wrapper.isTransient ? 'transient' : 'request-scoped, or something it injects is';
      throw new Error(`RealtimeModule: ${name} is ${scope}. One instance serves all frames: make it a singleton.`);
    }
    return wrapper.instance as T;
  }

  /** Global enhancers that cannot be applied, each in a sentence. */
  ignored(): string[] {
    const scoped = {
      guards: this.#config.getGlobalRequestGuards(),
      interceptors: this.#config.getGlobalRequestInterceptors(),
      pipes: this.#config.getGlobalRequestPipes(),
      filters: this.#config.getGlobalRequestFilters(),
    };
    return Object.entries(scoped)
      .filter(([, wrappers]) => wrappers.length)
      .map(([kind]) => `Request-scoped global ${kind} are not applied to WebSocket commands: there is no request.`);
  }

  #own<T extends object>(key: string, gateway: GatewayProvider, method: Method): T[] {
    const ofClass = (Reflect.getMetadata(key, gateway.metatype as Type) as (T | Type<T>)[]) ?? [];
    const ofMethod = (Reflect.getMetadata(key, method) as (T | Type<T>)[]) ?? [];
    return [...ofClass, ...ofMethod].map((given) => this.instance(given, gateway));
  }
}

/** The application's global enhancers and adapter. Nest hands its container to every ModuleRef, but does not inject it. */
export function applicationConfig(moduleRef: ModuleRef): ApplicationConfig {
  const config = moduleRef['container']?.applicationConfig;
  if (!config) throw new Error('RealtimeModule: this version of Nest is not known to it. Try Nest 11.1 or 12.');
  return config;
}
