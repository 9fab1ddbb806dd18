import { InvalidOption, show } from '../options/invalid-option';

/** Names of events on the wire. */
export class EventsOptions {
  /**
   * How the type of an event's frame is written: `'dot'` keeps the name, `task.created`; `'snake'` writes
   * `task_created`. @default 'dot'
   */
  readonly naming: 'dot' | 'snake' = 'dot';
}

/** @throws InvalidOption */
export function checkEvents({ naming }: EventsOptions): void {
  if (['dot', 'snake'].includes(naming)) return;
  throw new InvalidOption('events.naming', `must be 'dot' or 'snake', got ${show(naming)}`);
}
