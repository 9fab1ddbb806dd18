import { Inject } from '@nestjs/common';
import { concatMap, defaultIfEmpty, isObservable, Observable, takeLast } from 'rxjs';
import { ThrottledLogger } from '../logging/throttled-logger';
import { EVENT_NAME_RULE, frameTypeOf } from '../protocol/event-name';
import type { Delivering } from './domain-event';
import { checkNames, invalidOption, targetOf } from './emit-options';
import { EventsService } from './events.service';
import type { EventData, EventName } from './realtime-events';

type Choice<T, Result> = T | ((result: Result) => T);

/** Where a method's result goes: each may be a function of it. */
export type EmitEventOptions<Result> = Delivering & {
  readonly room?: Choice<string, Result>;
  readonly rooms?: Choice<readonly string[], Result>;
  readonly user?: Choice<string, Result>;
  /** With `user`: keep it until the user acknowledges it. */
  readonly mailbox?: boolean;
  readonly all?: true;
};

/** `EventsService` as the decorator uses it, which has checked name and payload where it was applied. */
interface Emitting {
  emit(type: string, data: unknown, target: object): Promise<unknown>;
}

type Emitter = { [EVENTS]: Emitting };
type AsyncMethod = (...args: never[]) => unknown;

const EVENTS = '__nestjsRealtimeEvents';
const EMITS = 'nestjs-realtime:emits';
/** Of the process, not a provider: a test of the host's that provides `EventsService` alone has to go on working. */
const failures = new ThrottledLogger();

/**
 * Publishes what a controller's or service's method returned, after it succeeded. The method then returns a promise.
 * One that returns an Observable returns an Observable of the last value, which is published when it completes.
 * When the event cannot be published the result is still returned, for the change is made; the failure is logged,
 * once a second where it is always the same.
 * @throws RealtimeError `validation_failed` where it is applied, for a name or options that fit no result
 */
export function EmitEvent<Name extends EventName, Result = EventData<Name>>(
  type: Name,
  target: EmitEventOptions<Result>,
): MethodDecorator {
  check(type, target);
  return (prototype, _name, descriptor) => {
    Inject(EventsService)(prototype, EVENTS);
    const method = descriptor.value as unknown as AsyncMethod;
    const wrapper = function (this: Emitter, ...args: never[]): unknown {
      const publishResult = async (result: Result): Promise<Result> => {
        await publish(this[EVENTS], type, result, target);
        return result;
      };
      return whenSettled(() => method.apply(this, args), publishResult);
    };
    // Nest keeps routes, guards and the rest as metadata of the function, and names it in messages.
    for (const key of Reflect.getMetadataKeys(method)) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, method), wrapper);
    }
    Reflect.defineMetadata(EMITS, [...eventsEmittedBy(method), type], wrapper);
    Object.defineProperty(wrapper, 'name', { value: method.name });
    descriptor.value = wrapper as never;
  };
}

/** An Observable stays one: whoever unsubscribes from it, as at a time limit, ends its source too. */
function whenSettled<Result>(call: () => unknown, next: (result: Result) => Promise<Result>): unknown {
  const follow = (made: unknown): unknown =>
    isObservable(made)
      ? (made as Observable<Result>).pipe(defaultIfEmpty(undefined as Result), takeLast(1), concatMap(next))
      : next(made as Result);
  try {
    const made = call();
    return isObservable(made) ? follow(made) : Promise.resolve(made).then(follow);
  } catch (error) {
    return (async () => {
      throw error;
    })();
  }
}

/** What a method publishes by `@EmitEvent`. */
export function eventsEmittedBy(method: object): readonly string[] {
  return (Reflect.getMetadata(EMITS, method) as string[] | undefined) ?? [];
}

/** Only what a function among them returns is known no sooner than there is a result. */
function check(type: string, target: object): void {
  // Whether it is a frame's type depends on the naming as well, which is not known here.
  if (!frameTypeOf(type, 'dot')) throw invalidOption('type', `must be ${EVENT_NAME_RULE}, got '${type}'`);
  checkNames(target);
  targetOf(target);
}

async function publish<Result>(events: Emitting, type: string, result: Result, target: EmitEventOptions<Result>) {
  try {
    await events.emit(type, result, resolve(target, result));
  } catch (error) {
    const stack = error instanceof Error ? error.stack : String(error);
    failures.error(`Events could not be published: ${String(error)}`, `${type} could not be published`, stack);
  }
}

function resolve<Result>(target: EmitEventOptions<Result>, result: Result): object {
  const chosen = Object.entries(target).map(([key, value]) => [
    key,
    typeof value === 'function' ? (value as (result: Result) => unknown)(result) : (value as unknown),
  ]);
  return Object.fromEntries(chosen) as object;
}
