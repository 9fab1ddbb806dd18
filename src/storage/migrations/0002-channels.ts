import type { Migration } from '../migration';

export const channels: Migration = {
  name: '0002-channels',
  async up({ schema }) {
    await schema
      .createTable('channels')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('visibility', 'text', (column) => column.notNull())
      .addColumn('password_hash', 'text')
      .addColumn('owner_id', 'text', (column) => column.notNull())
      .addColumn('slow_mode_seconds', 'integer', (column) => column.notNull())
      .addColumn('member_limit', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('deleted_at', 'bigint')
      .execute();
    await schema.createIndex('channels_owner').on('channels').column('owner_id').execute();
    await schema
      .createTable('channel_members')
      .addColumn('channel_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('joined_at', 'bigint', (column) => column.notNull())
      .execute();
    await schema
      .createIndex('channel_members_key')
      .unique()
      .on('channel_members')
      .columns(['channel_id', 'user_id'])
      .execute();
    await schema
      .createTable('channel_bans')
      .addColumn('channel_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('until', 'bigint')
      .addColumn('banned_by', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    await schema
      .createIndex('channel_bans_key')
      .unique()
      .on('channel_bans')
      .columns(['channel_id', 'user_id'])
      .execute();
  },
};
