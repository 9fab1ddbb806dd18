// First: a missing package is named before a file that imports it is loaded.
import './packages';

export { MailboxModule } from './mailbox.module';
export type { MailboxOptions } from './mailbox.options';
