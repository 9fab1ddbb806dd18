let millisecond = 0;
let text = '';

/** A time as RFC 3339 with milliseconds, UTC. Formatting costs more than a frame's encoding, so it is done once per millisecond. */
export function timestamp(now = Date.now()): string {
  if (now !== millisecond) {
    millisecond = now;
    text = new Date(now).toISOString();
  }
  return text;
}
