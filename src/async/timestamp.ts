import { now } from './clock';

let millisecond = 0;
let text = '';

/** A time as RFC 3339 with milliseconds, UTC. Formatting costs more than a frame's encoding, so it is done once per millisecond. */
export function timestamp(time = now()): string {
  if (time !== millisecond) {
    millisecond = time;
    text = new Date(time).toISOString();
  }
  return text;
}
