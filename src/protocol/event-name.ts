import { RESERVED_TYPES } from './frames';

export const EVENT_NAME_PATTERN = '^[a-z][A-Za-z0-9_]*(\\.[a-z][A-Za-z0-9_]*)+$';

const EVENT_NAME = new RegExp(EVENT_NAME_PATTERN);
const MAX_LENGTH = 64;

export const EVENT_NAME_RULE = `noun.verb, as task.created, at most ${MAX_LENGTH} characters of A-Z a-z 0-9 _ and dots`;

/** The frame type of an event under the naming the host chose, or nothing where the name is not one for an event. */
export function frameTypeOf(event: unknown, naming: 'dot' | 'snake'): string | undefined {
  if (typeof event !== 'string' || event.length > MAX_LENGTH || !EVENT_NAME.test(event)) return undefined;
  const type = naming === 'snake' ? event.replaceAll('.', '_') : event;
  return RESERVED_TYPES.has(type) ? undefined : type;
}
