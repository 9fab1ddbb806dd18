import type { CanActivate, ExecutionContext, NestInterceptor, PipeTransform, Type } from '@nestjs/common';
import { defer, from, isObservable, Observable } from 'rxjs';
import type { Connection } from '../../connections/connection';
import type { InboundFrame } from '../../connections/inbound-frame';
import { RealtimeError } from '../../protocol/errors';
import { mapMaybePromise, isPromise } from '../../async/maybe-promise';
import { CommandContext } from './command-context';
import type { Holds, IdempotencyScope } from './command-options';
import type { Method, PreparedFilter } from './enhancers';
import { lastValue } from './last-value';
import type { Reply } from './reply-type.decorator';
import type { StoredReply } from '../idempotency/reply-store';

/** How one argument of a handler comes to be. */
export interface CommandParameter {
  readonly extract: (connection: Connection, frame: InboundFrame, command: Command) => unknown;
  readonly pipes: readonly PipeTransform[];
  readonly metadata: { readonly type: 'body' | 'custom'; readonly metatype?: Type; readonly data?: string };
}

export interface CommandParts {
  readonly type: string;
  readonly gateway: object;
  readonly method: Method;
  readonly idempotency: IdempotencyScope;
  readonly holds: Holds | undefined;
  readonly unauthenticated: boolean;
  readonly guards: readonly CanActivate[];
  readonly interceptors: readonly NestInterceptor[];
  readonly parameters: readonly CommandParameter[];
  readonly filters: readonly PreparedFilter[];
  readonly replies: readonly Reply[];
}

/**
 * One `@SubscribeMessage` method with all that Nest puts around it, prepared at boot: a frame pays only for what its
 * handler has, and waits only for what is asynchronous.
 */
export class Command {
  readonly type: string;
  readonly idempotency: IdempotencyScope;
  readonly unauthenticated: boolean;
  /** Frames of its type that came. */
  received = 0;
  /** What it says it answers with, for the documents. */
  readonly replies: readonly Reply[];

  constructor(private readonly parts: CommandParts) {
    this.type = parts.type;
    this.idempotency = parts.idempotency;
    this.unauthenticated = parts.unauthenticated;
    this.replies = parts.replies;
  }

  /** `Gateway.method`, for messages. */
  get name(): string {
    return `${this.parts.gateway.constructor.name}.${this.parts.method.name}`;
  }

  /** What of the frame's data it takes, and the class that says what is valid there. */
  get bodies(): readonly CommandParameter['metadata'][] {
    return this.parts.parameters.map(({ metadata }) => metadata).filter(({ type }) => type === 'body');
  }

  /** Guards, interceptors, pipes and the handler, in Nest's order. */
  run(connection: Connection, frame: InboundFrame): unknown {
    if (!this.parts.guards.length) return this.#interceptAndCall(connection, frame);
    const activated = this.#guard(0, this.context(connection, frame), frame);
    if (activated === true) return this.#interceptAndCall(connection, frame);
    return mapMaybePromise(activated, () => this.#interceptAndCall(connection, frame));
  }

  /** Whether a reply that was kept may be given again. */
  holds(connection: Connection, reply: StoredReply): boolean {
    return this.parts.holds?.(this.parts.gateway as never, connection, reply) ?? true;
  }

  /** What the nearest filter for an exception makes of it: another reply, another exception, or nothing. */
  async filter(exception: unknown, connection: Connection, frame: InboundFrame): Promise<unknown> {
    const matching = this.parts.filters.find(
      ({ catches }) => !catches.length || catches.some((type) => exception instanceof type),
    );
    if (!matching) return undefined;
    return lastValue(await matching.filter.catch(exception, this.context(connection, frame)), frame);
  }

  get filtered(): boolean {
    return this.parts.filters.length > 0;
  }

  context(connection: Connection, frame: InboundFrame): ExecutionContext {
    return new CommandContext(this.parts.gateway.constructor as Type, this.parts.method, connection, frame);
  }

  #interceptAndCall(connection: Connection, frame: InboundFrame): unknown {
    if (!this.parts.interceptors.length) return this.#call(connection, frame);
    const call = (): unknown => this.#call(connection, frame);
    return this.#intercept(0, this.context(connection, frame), frame, call);
  }

  #guard(index: number, context: ExecutionContext, frame: InboundFrame): boolean | Promise<boolean> {
    const { guards } = this.parts;
    for (let i = index; i < guards.length; i++) {
      const verdict = lastValue(guards[i].canActivate(context), frame) as boolean | Promise<boolean>;
      if (isPromise(verdict)) {
        return mapMaybePromise(verdict, (allowed) => mustAllow(allowed) && this.#guard(i + 1, context, frame));
      }
      mustAllow(verdict);
    }
    return true;
  }

  #intercept(index: number, context: ExecutionContext, frame: InboundFrame, call: () => unknown): unknown {
    const { interceptors } = this.parts;
    if (index === interceptors.length) return call();
    const next = (): unknown => this.#intercept(index + 1, context, frame, call);
    const handle = (): Observable<unknown> => defer(() => toObservable(next()));
    return mapMaybePromise(interceptors[index].intercept(context, { handle }), (made) => lastValue(made, frame));
  }

  #call(connection: Connection, frame: InboundFrame): unknown {
    const ready = this.#arguments(connection, frame);
    if (Array.isArray(ready)) return this.#apply(ready, frame);
    return ready.then((late) => this.#apply(late, frame));
  }

  #apply(values: unknown[], frame: InboundFrame): unknown {
    return mapMaybePromise(this.parts.method.apply(this.parts.gateway, values), (made) => lastValue(made, frame));
  }

  /** One after the other: of two that fail, the second is not even tried, so no rejection goes unheard. */
  #arguments(connection: Connection, frame: InboundFrame, values: unknown[] = []): unknown[] | Promise<unknown[]> {
    const { parameters } = this.parts;
    while (values.length < parameters.length) {
      const value = this.#argument(parameters[values.length], connection, frame);
      if (isPromise(value)) {
        return Promise.resolve(value).then((ready) => this.#arguments(connection, frame, [...values, ready]));
      }
      values.push(value);
    }
    return values;
  }

  #argument({ extract, pipes, metadata }: CommandParameter, connection: Connection, frame: InboundFrame): unknown {
    let value = extract(connection, frame, this);
    for (const pipe of pipes) {
      value = mapMaybePromise(value, (input) => pipe.transform(input, metadata) as unknown);
    }
    return value;
  }
}

/** @throws RealtimeError `forbidden` */
function mustAllow(verdict: boolean): true {
  if (verdict) return true;
  throw new RealtimeError('forbidden');
}

function toObservable(value: unknown): Observable<unknown> {
  return isObservable(value) ? value : from(Promise.resolve(value));
}
