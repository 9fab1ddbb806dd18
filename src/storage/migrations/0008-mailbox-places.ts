import type { Migration } from '../migration';

/** A replay reads a page of what waits by its place in the user's stream. */
export const mailboxPlaces: Migration = {
  name: '0008-mailbox-places',
  async up({ schema }) {
    const index = schema.createIndex('mailbox_messages_place').on('mailbox_messages');
    await index.columns(['user_id', 'epoch', 'stream_offset']).execute();
  },
};
