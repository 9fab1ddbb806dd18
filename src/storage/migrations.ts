import type { Migration } from './migration';
import { chat } from './migrations/0001-chat';
import { channels } from './migrations/0002-channels';
import { mailbox } from './migrations/0003-mailbox';
import { audit } from './migrations/0004-audit';
import { auditCount } from './migrations/0005-audit-count';
import { channelLists } from './migrations/0006-channel-lists';
import { chatOutboxRetries } from './migrations/0007-chat-outbox-retries';
import { mailboxPlaces } from './migrations/0008-mailbox-places';
import { chatOutboxPublisher } from './migrations/0009-chat-outbox-publisher';

/** The module's own, oldest first. A new one goes to the end; none is ever changed. */
export const MIGRATIONS: readonly Migration[] = [
  ...[chat, channels, mailbox, audit, auditCount, channelLists],
  ...[chatOutboxRetries, mailboxPlaces, chatOutboxPublisher],
];
