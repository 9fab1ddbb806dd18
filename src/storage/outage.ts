import { RealtimeError } from '../protocol/errors';

/** What whoever needs the database now is told; the cause goes to the log. */
export function outage(cause: unknown): RealtimeError {
  return new RealtimeError('unavailable', undefined, { cause: typeof cause === 'string' ? new Error(cause) : cause });
}
