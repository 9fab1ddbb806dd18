import { InvalidOption, show } from '../options/invalid-option';
import { EVENT_NAME_RULE, frameTypeOf } from '../protocol/event-name';
import type { EventsOptions } from '../publishing/events.options';

/** Events that clients send. */
export class ClientEventsOptions {
  /**
   * Names of the events that clients may send by `broadcast`, such as `cursor.moved`. Each carries the `user` who sent
   * it. The application must not emit such an event itself. @default [] (clients send none)
   */
  readonly clientEvents: readonly string[] = [];
}

/** @throws InvalidOption for a value that is no list, for no event's name, or for a name of the protocol */
export function resolveClientEvents(names: unknown, { naming }: EventsOptions): ClientEventsOptions {
  if (names === undefined) return new ClientEventsOptions();
  if (!Array.isArray(names)) {
    const problem = `must be a list of event names, got ${show(names)}`;
    throw new InvalidOption('clientEvents', problem, "Try ['cursor.moved'].");
  }
  for (const name of names) {
    if (frameTypeOf(name, naming)) continue;
    throw new InvalidOption('clientEvents', `may hold names of events, ${EVENT_NAME_RULE}, got ${show(name)}`, HINT);
  }
  return Object.freeze(Object.assign(new ClientEventsOptions(), { clientEvents: names as string[] }));
}

const HINT = 'Names that the protocol uses itself are none.';
