import { CompiledQuery, Kysely, KyselyPlugin, RootOperationNode, sql, Transaction } from 'kysely';
import type { Database, Storage, Work } from '../../src';
import { AuditEntries } from '../../src/features/audit/audit-entries.repository';
import { ChannelMembers } from '../../src/features/chat/channels/channel-members.repository';
import { ChannelRows } from '../../src/features/chat/channels/channels.repository';
import { ChatMessages } from '../../src/features/chat/chat-messages.repository';
import { MailboxMessages } from '../../src/features/mailbox/mailbox-messages.repository';

/** Rows in each table; `MESSAGES=1000000` shows the same of a million, with the plans and the time they took. */
const MESSAGES = Number(process.env.MESSAGES ?? 20_000);
const ROOMS = 100;

/** How a database shows what it would do. */
interface Dialect {
  readonly explain: string;
  /** For a `with`: the table `numbers` of 1 to that many. */
  readonly numbers: (count: number) => string;
  /** What stands in a plan that reads or sorts a whole table. */
  readonly slow: RegExp;
  /** The same where it may sort what an index found: of a user, or in the parts of a query, there are few. */
  readonly scan: RegExp;
}

export const DIALECTS = {
  sqlite: {
    explain: 'explain query plan',
    numbers: (count) => `recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${count})`,
    slow: /\bSCAN\b|TEMP B-TREE/,
    scan: /\bSCAN\b(?! \w+ USING INDEX| (listed|own|sums|some|recent|\(subquery-\d\))$)|(?<!SCAN (listed|own|sums|some|recent)\nUSE )TEMP B-TREE/m,
  },
  postgres: {
    explain: 'explain',
    numbers: (count) => `numbers(n) as (select generate_series(1, ${count}))`,
    slow: /Seq Scan|\bSort\b/,
    scan: /Seq Scan/,
  },
} satisfies Record<string, Dialect>;

const CHAT = /chat_messages_(room|id)/;
/** The same, where what the index found is counted. */
const COUNT = /chat_messages_room/;
const MAIL = /mailbox_messages_(user|place|id|age|pkey)|INTEGER PRIMARY KEY/;
const AUDIT = /audit_entries_(at|user|room|type|pkey)|INTEGER PRIMARY KEY/;
const CHANNEL = /channels_(listed|owner|pkey)|channel_(members|bans)_(key|user)|sqlite_autoindex_channels/;
const NOW = 1_800_000_000_000;
const mailbox = (seen: Storage) => new MailboxMessages(seen);
const audit = (seen: Storage) => new AuditEntries(seen);
const channels = (seen: Storage) => new ChannelRows(seen);
const members = (seen: Storage) => new ChannelMembers(seen);
const mail = { userId: 'user7', id: 'new', body: '{}' };
const middle = { at: NOW + MESSAGES / 2, seq: MESSAGES / 2 };

const page = { since: 0, maxBytes: 1e6 };
const behind = { ...page, after: 0, before: NOW };

const WORKS: [string, RegExp, (seen: Storage) => Promise<unknown>][] = [
  ['the newest page of a room', CHAT, (seen) => new ChatMessages(seen).page('room:7', undefined, 51)],
  ['a page in the middle', CHAT, (seen) => new ChatMessages(seen).page('room:7', id(MESSAGES / 2 + 7), 51)],
  ['that a room has no messages', CHAT, (seen) => new ChatMessages(seen).page('room:none', undefined, 51)],
  ['how many messages a room has', COUNT, (seen) => new ChatMessages(seen).count('room:7')],
  ['how many it had on each day', COUNT, (seen) => new ChatMessages(seen).perDay('room:7', NOW)],
  ['a message', CHAT, (seen) => new ChatMessages(seen).find(seen.db, 'room:7', id(7))],
  ['whether anything waits for a user', MAIL, (seen) => mailbox(seen).any('user7')],
  ['what waits for a user', MAIL, (seen) => mailbox(seen).page('user7', { epoch: 'e', offset: 9 }, 0, page)],
  ['what has to be published again', MAIL, (seen) => mailbox(seen).behind('user7', 'other', behind)],
  ['what a new message makes too many', MAIL, (seen) => mailbox(seen).add(mail, { maxMessages: 5, maxBytes: 9 })],
  ['what a user has received', MAIL, (seen) => mailbox(seen).acknowledge('user7', { epoch: 'e', offset: 3 })],
  ['mail that is too old', MAIL, (seen) => mailbox(seen).purge(NOW + 10, 10)],
  ['the newest of the audit', AUDIT, (seen) => audit(seen).page({}, undefined, 51)],
  ['the audit of a time', AUDIT, (seen) => audit(seen).page({ from: NOW, to: middle.at }, undefined, 51)],
  ['the audit of a user', AUDIT, (seen) => audit(seen).page({ user: 'user7' }, middle, 51)],
  ['the audit of a room', AUDIT, (seen) => audit(seen).page({ room: 'room:7' }, middle, 51)],
  ['the audit of a type', AUDIT, (seen) => audit(seen).page({ type: 'type7' }, middle, 51)],
  ['a channel', CHANNEL, (seen) => channels(seen).find('channel7')],
  ['the channels a user may see', CHANNEL, (seen) => channels(seen).page('user7', undefined, 51)],
  ['more of them', CHANNEL, (seen) => channels(seen).page('user7', 'channel4', 51)],
  ['how many channels a user owns', CHANNEL, (seen) => channels(seen).countOf(seen.db, 'user7')],
  ['what a channel knows of a user', CHANNEL, (seen) => members(seen).standing('channel0', 'user7')],
  ['the members of a channel', CHANNEL, (seen) => members(seen).page('channel0', 'user4', 51)],
  ['how many members it has', CHANNEL, (seen) => members(seen).count(seen.db, 'channel_members', 'channel7')],
  ['the bans of a channel', CHANNEL, (seen) => members(seen).bans('channel0', 'user4', 51)],
  ['who is to be taken out of a deleted one', CHANNEL, (seen) => members(seen).clearSome('channel1', 10)],
  ['entries that are too old', AUDIT, (seen) => audit(seen).purge(NOW + 10, 10)],
];

/** Shows that what is asked often is found by an index, however much there is. `make` gives an empty database. */
export function describePlans(name: string, dialect: Dialect, make: () => Promise<Storage>): void {
  describe(`${name} with ${MESSAGES} messages`, () => {
    let storage: Storage;

    beforeAll(async () => {
      storage = await make();
      await storage.migrate();
      for (const fill of FILLS) await storage.write((trx) => sql.raw(fill(dialect)).execute(trx));
      await storage.write((trx) => sql.raw('analyze').execute(trx));
    }, 600_000);

    afterAll(() => storage.close());

    it.each(WORKS)('finds %s by an index', async (what, index, work) => {
      const queries: CompiledQuery[] = [];
      await work(watchedStorage(storage, queries));
      const start = performance.now();
      await work(storage);
      const ms = performance.now() - start;
      const plans = await Promise.all(queries.map((query) => explained(storage.db, dialect, query)));
      expect(plans.length).toBeGreaterThan(0);
      for (const plan of plans) {
        expect(plan).toMatch(index);
        expect(plan).not.toMatch(index === CHAT ? dialect.slow : dialect.scan);
      }
      if (process.env.MESSAGES) console.log(`${name}: ${what}, ${ms.toFixed(2)} ms\n${plans.join('\n')}`);
    });
  });
}

const FILLS: ((dialect: Dialect) => string)[] = [
  ...[fillChat, fillMailbox, fillAudit],
  ...[fillChannels, fillMembers, fillBans],
];

function fillChat({ numbers }: Dialect): string {
  return `insert into chat_messages (id, room, user_id, user_name, text, client_id, sent_at)
    with ${numbers(MESSAGES)}
    select substr('${id(0)}', 1, 21 - length(cast(n as text))) || n, 'room:' || (n % ${ROOMS}), 'user' || (n % 1000),
      'User', 'A text of about the length that people write when they chat, n = ' || n, 'c-' || n, 1800000000000 + n
    from numbers`;
}

function fillMailbox({ numbers }: Dialect): string {
  return `insert into mailbox_messages (user_id, id, body, created_at, epoch, stream_offset)
    with ${numbers(MESSAGES)}
    select 'user' || (n % 1000), 'id' || n, '{}', ${NOW} + n, 'e', n / 1000 from numbers`;
}

function fillAudit({ numbers }: Dialect): string {
  return `insert into audit_entries (at, type, user_id, room)
    with ${numbers(MESSAGES)}
    select ${NOW} + n, 'type' || (n % 8), 'user' || (n % 1000), 'room:' || (n % ${ROOMS}) from numbers`;
}

/** Nearly all of them private, as where each conversation is one. */
function fillChannels({ numbers }: Dialect): string {
  return `insert into channels (id, name, visibility, owner_id, slow_mode_seconds, member_limit, created_at)
    with ${numbers(MESSAGES)}
    select 'channel' || n, 'A channel', case when n % 100 = 0 then 'public' else 'private' end, 'user' || (n % 1000), 0,
      1000, ${NOW} + n from numbers`;
}

function fillMembers({ numbers }: Dialect): string {
  return `insert into channel_members (channel_id, user_id, role, joined_at)
    with ${numbers(MESSAGES)}
    select 'channel' || (n % ${ROOMS}), 'user' || n, 'member', ${NOW} + n from numbers`;
}

function fillBans({ numbers }: Dialect): string {
  return `insert into channel_bans (channel_id, user_id, banned_by, created_at)
    with ${numbers(MESSAGES)}
    select 'channel' || (n % ${ROOMS}), 'user' || n, 'user1', ${NOW} + n from numbers`;
}

function id(n: number): string {
  return String(Math.floor(n)).padStart(21, '0');
}

function watchedStorage(storage: Storage, queries: CompiledQuery[]): Storage {
  const write = (work: Work<unknown>) =>
    storage.write((trx) => work(watched(trx, queries) as unknown as Transaction<Database>));
  return Object.create(storage, { db: { value: watched(storage.db, queries) }, write: { value: write } }) as Storage;
}

/** The same tables; what is asked of them is noted down. */
function watched(db: Kysely<Database>, queries: CompiledQuery[]): Kysely<Database> {
  const plugin: KyselyPlugin = {
    transformQuery: ({ node, queryId }): RootOperationNode => {
      // An insert looks for nothing.
      if (node.kind !== 'InsertQueryNode') queries.push(db.getExecutor().compileQuery(node, queryId));
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return db.withPlugin(plugin);
}

async function explained(db: Kysely<Database>, { explain }: Dialect, query: CompiledQuery): Promise<string> {
  const { rows } = await db.executeQuery<Record<string, unknown>>({ ...query, sql: `${explain} ${query.sql}` });
  return rows.map((row) => row.detail ?? row['QUERY PLAN']).join('\n');
}
