import type { Migration } from '../migration';
import { withSequence } from '../sequence';

export const chat: Migration = {
  name: '0001-chat',
  async up({ schema }, dialect) {
    await withSequence(schema.createTable('chat_messages'), dialect)
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('room', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('user_name', 'text')
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('client_id', 'text')
      .addColumn('sent_at', 'bigint', (column) => column.notNull())
      .addColumn('edited_at', 'bigint')
      .addColumn('deleted_at', 'bigint')
      .execute();
    await schema.createIndex('chat_messages_id').unique().on('chat_messages').column('id').execute();
    await schema.createIndex('chat_messages_room').on('chat_messages').columns(['room', 'seq']).execute();
    await schema
      .createIndex('chat_messages_client_id')
      .unique()
      .on('chat_messages')
      .columns(['user_id', 'room', 'client_id'])
      .where('client_id', 'is not', null)
      .execute();
    await withSequence(schema.createTable('chat_outbox'), dialect)
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('room', 'text', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('claimed_until', 'bigint', (column) => column.notNull())
      .execute();
    await schema.createIndex('chat_outbox_id').unique().on('chat_outbox').column('id').execute();
  },
};
