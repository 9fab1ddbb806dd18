import { RealtimeError } from '../../protocol/errors';
import { Mailbox } from './mailbox';

/** Without a database nothing waits. */
export class NoMailbox extends Mailbox {
  override async put(): Promise<never> {
    throw notKept();
  }

  override async refresh(): Promise<void> {}

  override async waiting(): Promise<readonly never[]> {
    return [];
  }

  override async acknowledge(): Promise<never> {
    throw notKept();
  }
}

function notKept(): RealtimeError {
  return new RealtimeError(
    'unavailable',
    'There is no mailbox: this process runs without a database. Give it the option "storage", or leave out "mailbox".',
  );
}
