import type { Storage, Work } from '../../src';

/** Data as a version of the tables holds it, and what must be left of it in every later one. */
export interface Sample {
  readonly insert: Work<unknown>;
  readonly check: (storage: Storage) => Promise<void>;
}

const message = {
  id: 'V1StGXR8_Z5jdHi6B-myT',
  room: 'chat:lobby',
  user_id: 'alice',
  user_name: 'Alice',
  text: 'Good morning!',
  client_id: 'c-1',
  sent_at: 1_800_000_000_000,
  edited_at: null,
  deleted_at: null,
};

const channel = {
  id: 'den',
  name: 'The den',
  visibility: 'private' as const,
  password_hash: null,
  owner_id: 'alice',
  slow_mode_seconds: 0,
  member_limit: 100,
  created_at: 1_800_000_000_000,
  deleted_at: null,
};
const member = { channel_id: 'den', user_id: 'alice', role: 'owner' as const, joined_at: 1_800_000_000_000 };
const ban = {
  channel_id: 'den',
  user_id: 'mallory',
  reason: 'spam',
  until: null,
  banned_by: 'alice',
  created_at: 1_800_000_000_000,
};

const mail = {
  user_id: 'alice',
  id: 'invoice-1',
  body: '{"type":"invoice.paid","data":{}',
  created_at: 1_800_000_000_000,
  epoch: 'F2T9WjDaFgem',
  stream_offset: 7,
};

const entry = {
  at: 1_800_000_000_000,
  type: 'joined',
  user_id: 'alice',
  room: 'chat:lobby',
  target: null,
  code: null,
  connection_id: 'nRk2WvT8dQx5YbLs0PjHu',
  address: '192.0.2.7',
};

const waiting = {
  id: 'V1StGXR8_Z5jdHi6B-myT',
  room: 'chat:lobby',
  body: '{"type":"chat","data":{}',
  created_at: 1_800_000_000_000,
  claimed_until: 0,
};

/** One for each migration. */
export const SAMPLES: Readonly<Record<string, Sample>> = {
  '0001-chat': {
    insert: (trx) => trx.insertInto('chat_messages').values(message).execute(),
    check: async ({ db }) => {
      expect(await db.selectFrom('chat_messages').selectAll().execute()).toEqual([{ ...message, seq: 1 }]);
    },
  },
  '0002-channels': {
    insert: async (trx) => {
      await trx.insertInto('channels').values(channel).execute();
      await trx.insertInto('channel_members').values(member).execute();
      await trx.insertInto('channel_bans').values(ban).execute();
    },
    check: async ({ db }) => {
      expect(await db.selectFrom('channels').selectAll().execute()).toEqual([channel]);
      expect(await db.selectFrom('channel_members').selectAll().execute()).toEqual([member]);
      expect(await db.selectFrom('channel_bans').selectAll().execute()).toEqual([ban]);
    },
  },
  '0003-mailbox': {
    insert: (trx) => trx.insertInto('mailbox_messages').values(mail).execute(),
    check: async ({ db }) => {
      expect(await db.selectFrom('mailbox_messages').selectAll().execute()).toEqual([{ ...mail, seq: 1 }]);
    },
  },
  '0004-audit': {
    insert: (trx) => trx.insertInto('audit_entries').values(entry).execute(),
    check: async ({ db }) => {
      const rows = await db.selectFrom('audit_entries').selectAll().where('seq', '=', 1).execute();
      expect(rows).toEqual([expect.objectContaining({ ...entry, seq: 1 })]);
    },
  },
  '0005-audit-count': {
    insert: (trx) =>
      trx
        .insertInto('audit_entries')
        .values({ ...entry, count: 3 })
        .execute(),
    check: async ({ db }) => {
      expect(await db.selectFrom('audit_entries').select('count').orderBy('seq').execute()).toEqual([
        { count: 1 },
        { count: 3 },
      ]);
    },
  },
  // Indexes only: what is there stays.
  '0006-channel-lists': { insert: async () => undefined, check: async () => undefined },
  '0009-chat-outbox-publisher': {
    insert: (trx) =>
      trx
        .insertInto('chat_outbox')
        .values({ ...waiting, id: 'another', publisher: 'alice' })
        .execute(),
    check: async ({ db }) => {
      const rows = await db.selectFrom('chat_outbox').select('publisher').orderBy('seq').execute();
      expect(rows).toEqual([{ publisher: null }, { publisher: 'alice' }]);
    },
  },
  '0008-mailbox-places': { insert: async () => undefined, check: async () => undefined },
  '0007-chat-outbox-retries': {
    insert: (trx) => trx.insertInto('chat_outbox').values(waiting).execute(),
    check: async ({ db }) => {
      const rows = await db.selectFrom('chat_outbox').selectAll().where('seq', '=', 1).execute();
      expect(rows).toEqual([expect.objectContaining({ ...waiting, seq: 1, attempts: 0, retry_at: 0 })]);
    },
  },
};
