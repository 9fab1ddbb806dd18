import { sql } from 'kysely';
import type { Migration } from '../migration';

/** A list of channels passes over neither those that are hidden from everyone nor the members of others. */
export const channelLists: Migration = {
  name: '0006-channel-lists',
  async up({ schema }) {
    await schema
      .createIndex('channels_listed')
      .on('channels')
      .column('id')
      .where(sql.ref('deleted_at'), 'is', null)
      .where(sql.ref('visibility'), '<>', 'private')
      .execute();
    await schema.createIndex('channel_members_user').on('channel_members').columns(['user_id', 'channel_id']).execute();
  },
};
