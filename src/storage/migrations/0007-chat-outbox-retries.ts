import type { Migration } from '../migration';

/** When an entry that could not be published is tried again; `retry_at` empty: it was set aside. */
export const chatOutboxRetries: Migration = {
  name: '0007-chat-outbox-retries',
  async up({ schema }) {
    const outbox = () => schema.alterTable('chat_outbox');
    await outbox()
      .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    await outbox()
      .addColumn('retry_at', 'bigint', (column) => column.defaultTo(0))
      .execute();
    await schema.createIndex('chat_outbox_retry').on('chat_outbox').columns(['retry_at', 'room']).execute();
  },
};
