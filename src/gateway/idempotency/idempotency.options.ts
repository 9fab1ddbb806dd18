import { checkPositive } from '../../options/invalid-option';
import { MIB, MINUTE_MS } from '../../options/units';

/** Replies that are kept, so that a repeated `message_id` gets the first reply again. */
export class IdempotencyOptions {
  /** Time a reply is kept, milliseconds. @default 300_000 (5 minutes) */
  readonly windowMs: number = 5 * MINUTE_MS;
  /** Replies that are kept. @default 100_000 */
  readonly maxReplies: number = 100_000;
  /** Bytes of the replies that are kept. @default 33_554_432 (32 MiB) */
  readonly maxBytes: number = 32 * MIB;
}

/** @throws InvalidOption */
export function checkIdempotency(options: IdempotencyOptions): void {
  checkPositive('idempotency', options, 'windowMs', 'maxReplies', 'maxBytes');
}
