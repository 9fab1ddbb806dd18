export { MailboxModule } from './mailbox.module';
export type { MailboxOptions } from './mailbox.options';
