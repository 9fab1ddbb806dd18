import { DynamicModule, Global, Module } from '@nestjs/common';
import { feature } from '../../module/feature';
import { Mailbox } from '../../rooms/mailbox';
import { MailboxMessages } from './mailbox-messages.repository';
import { MailboxGateway } from './mailbox.gateway';
import { checkMailbox, MailboxOptions } from './mailbox.options';
import { SqlMailbox } from './sql.mailbox';

const { FeatureModule, providers } = feature({
  name: 'Mailbox',
  group: 'mailbox',
  Class: MailboxOptions,
  check: checkMailbox,
  needsStorage: true,
  extras: {
    /** Whether the process only emits: it puts into mailboxes and serves no clients. @default false */
    emitOnly: false,
  },
  complete: (definition, { emitOnly }): DynamicModule => ({
    ...definition,
    providers: [...(definition.providers ?? []), ...(emitOnly ? [] : [MailboxGateway])],
  }),
});

/**
 * The mailbox: what is emitted with `mailbox: true` waits for users who are offline, until they acknowledge it. Beside
 * `RealtimeEmitterModule` it takes `emitOnly: true`.
 */
@Global()
@Module({
  providers: [...providers, MailboxMessages, { provide: Mailbox, useClass: SqlMailbox }],
  exports: [Mailbox],
})
export class MailboxModule extends FeatureModule {}
