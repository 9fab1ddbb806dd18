import type { Migration } from '../migration';

/** Whose share of the streams a message counts against, whichever process publishes it. */
export const chatOutboxPublisher: Migration = {
  name: '0009-chat-outbox-publisher',
  async up({ schema }) {
    await schema.alterTable('chat_outbox').addColumn('publisher', 'text').execute();
  },
};
