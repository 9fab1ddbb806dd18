import type { Transaction } from 'kysely';
import { Audit, AuditLog, AuditQuery } from '../../src/features/audit';
import { ChannelModeration } from '../../src/features/chat';
import { RealtimeCounters } from '../../src';
import type { Database } from '../../src/storage/database';
import { channelsAs } from '../support/channels';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { until } from '../support/until';
import type { ChatDatabase } from './chat';

const ROOM = 'chat:lobby';

/** What the audit records on every database. `make` gives an empty one. */
export function describeAudit(name: string, make: () => Promise<ChatDatabase>): void {
  describe(`the audit on ${name}`, () => {
    let database: ChatDatabase;

    beforeEach(async () => (database = await make()));
    afterEach(stopAll);

    const node = (options: RealtimeTestOptions = {}) => realtime({ storage: database.open(), ...options });
    const query = async ({ app }: Realtime, filter?: AuditQuery) => app.get(AuditLog).query(filter);
    const types = async (server: Realtime, filter?: AuditQuery) =>
      (await query(server, filter)).entries.map(({ type }) => type);
    const recorded = (server: Realtime, count: number) =>
      until(async () => (await types(server)).length === count, `${count} entries`);

    it('says who connected, joined, chatted, left and went, from where, and what for', async () => {
      const server = await node();
      await expect(server.open('', { headers: { authorization: 'Bearer forged' } })).rejects.toThrow('401');
      // Or the next one would be counted with it.
      await recorded(server, 1);
      const alice = await server.connect('alice');
      await alice.join(ROOM);
      await alice.join(ROOM);
      const text = 'the text of a message';
      const { id } = (await alice.request('chat', { room: ROOM, text }, 'c-1')).data;
      await alice.request('chat', { room: ROOM, text }, 'c-1');
      await alice.request('chat_edit', { room: ROOM, id, text: 'another' });
      await alice.request('chat_delete', { room: ROOM, id });
      await server.rooms.removeUser(ROOM, 'alice', { code: 'banned' });
      await alice.join(ROOM);
      await alice.request('leave_room', { room: ROOM });
      await alice.request('authenticate', { token: 'forged' });
      await server.rooms.disconnectUser('alice');
      await alice.closed;
      await recorded(server, 11);
      const { entries } = await query(server);
      const base = { user: 'alice', address: '127.0.0.1', connection: expect.any(String) as string };
      const said = { user: 'alice', room: ROOM, target: id };
      const expected = [
        { type: 'disconnected', code: '4503', ...base },
        { type: 'auth_refused', code: 'unauthorized', address: '127.0.0.1' },
        { type: 'left', room: ROOM, ...base },
        { type: 'joined', room: ROOM, ...base },
        { type: 'left', room: ROOM, code: 'banned', ...base },
        { type: 'chat_deleted', ...said },
        { type: 'chat_edited', ...said },
        { type: 'chat_sent', ...said },
        { type: 'joined', room: ROOM, ...base },
        { type: 'connected', ...base },
        { type: 'auth_refused', code: 'unauthorized', address: '127.0.0.1' },
      ];
      expect(entries).toEqual(expected.map((entry) => ({ at: expect.any(Number) as number, ...entry })));
      expect(JSON.stringify(entries)).not.toContain(text);
    });

    it('says which event a client sent, but not what was in it', async () => {
      const server = await node({ clientEvents: ['cursor.moved'] });
      const alice = await server.connect('alice');
      await alice.join(ROOM);
      await alice.request('broadcast', { room: ROOM, event: 'cursor.moved', data: { text: 'a secret' } });
      await alice.refusal('broadcast', { room: ROOM, event: 'task.deleted', data: {} });
      await recorded(server, 3);
      const { entries } = await query(server, { type: 'client_event' });
      const at = expect.any(Number) as number;
      expect(entries).toEqual([{ at, type: 'client_event', user: 'alice', room: ROOM, target: 'cursor.moved' }]);
    });

    it('says who did what to a channel and to whom, and from where', async () => {
      const server = await node();
      const [alice, bob] = ['alice', 'bob'].map((user) => channelsAs(server, user));
      const password = 'open sesame';
      await alice('POST', '', { id: 'den', name: 'The den' });
      await alice('PATCH', '/den', { name: 'A den', slow_mode_seconds: 5 });
      await alice('PUT', '/den/password', { password });
      await bob('POST', '/den/join', { password: 'wrong password' });
      for (let n = 0; n < 2; n++) await bob('POST', '/den/join', { password });
      await bob('DELETE', '/den');
      await bob('POST', '/den/leave');
      for (let n = 0; n < 2; n++) await alice('POST', '/den/members', { user_id: 'bob' });
      await alice('PUT', '/den/members/bob', { role: 'moderator' });
      await alice('DELETE', '/den/members/bob');
      await alice('PUT', '/den/bans/bob', { reason: 'a reason of its own' });
      await bob('POST', '/den/join', { password });
      await alice('DELETE', '/den/bans/bob');
      await alice('DELETE', '/den/bans/bob');
      await server.app.get(ChannelModeration).ban({ userId: 'root', roles: ['admin'] }, 'den', 'bob', {});
      await alice('DELETE', '/den');
      await recorded(server, 13);
      const { entries } = await query(server);
      const address = '127.0.0.1';
      expect(entries.toReversed().map(({ at: _, room: __, ...entry }) => entry)).toEqual([
        { type: 'channel_created', user: 'alice', address },
        { type: 'channel_changed', user: 'alice', address, target: 'name,slow_mode_seconds' },
        { type: 'channel_password_set', user: 'alice', address },
        { type: 'password_refused', user: 'bob', address },
        { type: 'channel_entered', user: 'bob', address },
        { type: 'channel_left', user: 'bob', address },
        { type: 'member_invited', user: 'alice', address, target: 'bob' },
        { type: 'role_set', user: 'alice', address, target: 'bob', code: 'moderator' },
        { type: 'member_removed', user: 'alice', address, target: 'bob' },
        { type: 'user_banned', user: 'alice', address, target: 'bob' },
        { type: 'user_unbanned', user: 'alice', address, target: 'bob' },
        { type: 'user_banned', user: 'root', target: 'bob' },
        { type: 'channel_deleted', user: 'alice', address },
      ]);
      expect(new Set(entries.map(({ room }) => room))).toEqual(new Set(['channel:den']));
      for (const text of [password, 'wrong password', 'a reason']) expect(JSON.stringify(entries)).not.toContain(text);
    });

    it('holds a flood of refused logins as few entries that count', async () => {
      const server = await node();
      const headers = { authorization: 'Bearer forged' };
      const tries = Array.from({ length: 50 }, () => server.open('', { headers }));
      for (const { status } of await Promise.allSettled(tries)) expect(status).toBe('rejected');
      const counted = async () =>
        (await query(server)).entries.reduce(
          (sum, { type, count = 1 }) => sum + (type === 'auth_refused' ? count : 0),
          0,
        );
      await until(async () => (await counted()) === 50, '50 refused logins');
      expect((await query(server)).entries.length).toBeLessThan(25);
    });

    it('is searched by user, room, type and time, in pages that nothing new shifts', async () => {
      const server = await node();
      for (const user of ['alice', 'bob', `x' or '1'='1`]) {
        const client = await server.connect(user);
        for (const room of ['a', 'b', 'c']) await client.join(room);
      }
      await recorded(server, 12);
      const all = (await query(server)).entries;
      const seen: unknown[] = [];
      let cursor: string | undefined;
      do {
        const page = await query(server, { limit: 5, cursor });
        seen.push(...page.entries);
        await server.connect('late');
        await until(async () => (await types(server, { user: 'late' })).length * 5 >= seen.length, 'the late one');
        cursor = page.next;
      } while (cursor);
      expect(seen).toEqual(all);
      expect(await types(server, { user: 'bob' })).toEqual(['joined', 'joined', 'joined', 'connected']);
      expect(await types(server, { user: `x' or '1'='1`, type: 'connected' })).toEqual(['connected']);
      expect(await types(server, { room: 'b' })).toHaveLength(3);
      expect(await types(server, { from: all[5].at, to: all[5].at })).toEqual([]);
      const from = all[5].at;
      expect((await query(server, { from, to: all[0].at + 1 })).entries.slice(-1)[0].at).toBeGreaterThanOrEqual(from);
      for (const wrong of [{ limit: 0 }, { limit: 201 }, { limit: 1.5 }, { cursor: "1-1' or 1=1" }, { cursor: '' }]) {
        await expect(query(server, wrong)).rejects.toMatchObject({ code: 'validation_failed' });
      }
    });

    it('drops an entry that the database refuses, with a line in the log, and writes the others', async () => {
      const storage = database.open();
      const server = await realtime({ storage });
      const unique = (trx: Transaction<Database>) => trx.schema.createIndex('one_entry_of_each_user').unique();
      await storage.write((trx) => unique(trx).on('audit_entries').column('user_id').execute());
      const audit = server.app.get(Audit);
      const users = Array.from({ length: 40 }, (_, n) => `secret-${n}`);
      for (const user of [...users.slice(0, 20), users[7], ...users.slice(20)]) audit.record({ type: 'joined', user });
      await recorded(server, 40);
      expect((await query(server)).entries.map(({ user }) => user)).toEqual(users.reverse());
      expect(server.app.get(RealtimeCounters).auditDropped).toBe(1);
      expect(server.log.of('error')).toEqual([
        expect.stringMatching(
          /^The database refused an audit entry, which is dropped: code \w+, an entry of the type joined /,
        ),
      ]);
    });

    it('is written to the end at shutdown', async () => {
      const first = await node();
      const alice = await first.connect('alice');
      await alice.close();
      await until(() => [...first.connections].length === 0, 'the end of the connection');
      await first.close();
      expect(await types(await node())).toEqual(['disconnected', 'connected']);
    });

    it('forgets what is older than it is to be kept', async () => {
      const storage = database.open();
      await storage.migrate();
      const at = (age: number) => Date.now() - age;
      const rows = [...Array.from({ length: 450 }, () => at(90_000)), at(30_000)].map((at) => ({ at, type: 'joined' }));
      await storage.write((trx) => trx.insertInto('audit_entries').values(rows).execute());
      const server = await node({ storage, audit: { retentionMs: 60_000 } });
      await recorded(server, 1);
      expect((await query(server)).entries[0].at).toBe(rows.at(-1)!.at);
    });

    it('keeps so many entries, and takes those of a user who has most of them first', async () => {
      const storage = database.open();
      await storage.migrate();
      const at = Date.now() - 60_000;
      const of = (user_id: string, count: number) =>
        Array.from({ length: count }, () => ({ at, type: 'joined', user_id }));
      const rows = [...of('alice', 40), ...of('mallory', 900), ...of('bob', 40)];
      await storage.write((trx) => trx.insertInto('audit_entries').values(rows).execute());
      const server = await node({ storage, audit: { maxEntries: 500 } });
      const left = async () => (await storage.db.selectFrom('audit_entries').select('user_id').execute()).length;
      await until(async () => (await left()) <= 500, 'there are no more than 500');
      expect(await left()).toBe(495);
      for (const user of ['alice', 'bob']) {
        expect((await query(server, { user, limit: 200 })).entries).toHaveLength(40);
      }
    });

    it('counts what one user does beyond its rows of an hour, and nothing of another', async () => {
      const server = await node({ audit: { maxPerUserAndHour: 20 } });
      const [mallory, alice] = [await server.connect('mallory'), await server.connect('alice')];
      for (let n = 0; n < 50; n++) await mallory.join(`chat:${n}`);
      await alice.join(ROOM);
      await recorded(server, 22);
      await server.close();
      const after = await node();
      const { entries } = await query(after, { user: 'mallory', limit: 200 });
      const [folded] = entries.filter(({ type, count }) => type === 'joined' && count);
      expect(entries.filter(({ type, room }) => type === 'joined' && room)).toHaveLength(19);
      expect(folded).toMatchObject({ user: 'mallory', count: 31, room: undefined });
      expect(await types(after, { user: 'alice', room: ROOM })).toEqual(['joined']);
    });

    it('costs nothing where it is off, and is where the host wants it', async () => {
      const off = await node({ audit: false });
      const seen: string[] = [];
      const own = await node({ audit: { sink: { record: ({ type }: { type: string }) => void seen.push(type) } } });
      for (const server of [off, own]) await (await server.connect('alice')).join(ROOM);
      expect(seen).toEqual(['connected', 'joined']);
      for (const server of [off, own]) await server.close();
      const after = await node();
      expect(await types(after)).toEqual([]);
      expect(after.app.get(RealtimeCounters).auditDropped).toBe(0);
    });
  });
}
