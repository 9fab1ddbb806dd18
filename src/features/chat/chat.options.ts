import { checkPositive } from '../../options/invalid-option';

/** Chat messages that are stored before they are published. */
export class ChatOptions {
  /**
   * Age at which a stored but unpublished message, for instance of a process that died, is published by any node,
   * milliseconds. Each node looks for such messages this often. @default 3_000
   */
  readonly relayAfterMs: number = 3_000;
  /**
   * Failed attempts after which a message stays unpublished in the table `chat_outbox` and is logged. Attempts that fail
   * because the backplane is unavailable do not count. @default 20
   */
  readonly relayAttempts: number = 20;
}

/** @throws InvalidOption */
export function checkChat(options: ChatOptions): void {
  checkPositive('chat', options, 'relayAfterMs', 'relayAttempts');
}
