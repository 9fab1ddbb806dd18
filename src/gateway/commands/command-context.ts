import type { ContextType, ExecutionContext, Type } from '@nestjs/common';
import type { Connection } from '../../connections/connection';
import type { InboundFrame } from '../../connections/inbound-frame';

type Args = [client: Connection, data: unknown, pattern: string, frame: InboundFrame];

/** What guards, interceptors, filters and parameter decorators see of one frame. */
export class CommandContext implements ExecutionContext {
  readonly #args: Args;

  constructor(
    private readonly gateway: Type,
    private readonly handler: (...args: unknown[]) => unknown,
    connection: Connection,
    frame: InboundFrame,
  ) {
    this.#args = [connection, frame.data, frame.type, frame];
  }

  getClass<T>(): Type<T> {
    return this.gateway as Type<T>;
  }

  getHandler(): (...args: unknown[]) => unknown {
    return this.handler;
  }

  getArgs<T extends unknown[]>(): T {
    return this.#args as unknown as T;
  }

  getArgByIndex<T>(index: number): T {
    return this.#args[index] as T;
  }

  getType<T extends string = ContextType>(): T {
    return 'ws' as T;
  }

  switchToWs() {
    return {
      getClient: <T>() => this.#args[0] as T,
      getData: <T>() => this.#args[1] as T,
      getPattern: () => this.#args[2],
    };
  }

  switchToHttp() {
    return {
      getRequest: <T>() => this.#args[0] as T,
      getResponse: <T>() => this.#args[1] as T,
      getNext: <T>() => this.#args[2] as T,
    };
  }

  switchToRpc() {
    return { getData: <T>() => this.#args[0] as T, getContext: <T>() => this.#args[1] as T };
  }
}
