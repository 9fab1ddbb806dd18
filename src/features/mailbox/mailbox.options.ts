import { checkPositive } from '../../options/invalid-option';
import { DAY_MS, MIB } from '../../options/units';

/** Messages that wait for a user who is offline or does not acknowledge them. The oldest are deleted first. */
export class MailboxOptions {
  /** Messages that wait for one user. @default 1000 */
  readonly maxMessages: number = 1000;
  /** Bytes of the messages that wait for one user; with small messages up to twice that. @default 8_388_608 (8 MiB) */
  readonly maxBytes: number = 8 * MIB;
  /** Time a message waits, milliseconds. @default 86_400_000 (24 hours) */
  readonly maxAgeMs: number = DAY_MS;
}

/** @throws InvalidOption */
export function checkMailbox(options: MailboxOptions): void {
  checkPositive('mailbox', options, 'maxMessages', 'maxBytes', 'maxAgeMs');
}
