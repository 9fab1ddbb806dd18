import type { Migration } from '../migration';
import { withSequence } from '../sequence';

export const mailbox: Migration = {
  name: '0003-mailbox',
  async up({ schema }, dialect) {
    await withSequence(schema.createTable('mailbox_messages'), dialect)
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('epoch', 'text')
      .addColumn('stream_offset', 'bigint')
      .execute();
    const index = (name: string) => schema.createIndex(`mailbox_messages_${name}`).on('mailbox_messages');
    await index('id').unique().columns(['user_id', 'id']).execute();
    await index('user').columns(['user_id', 'seq']).execute();
    await index('age').column('created_at').execute();
  },
};
