import { AuditLog, AuditQuery, Traffic } from '../../src';
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

    it('is written to the end at shutdown', async () => {
      const first = await node();
      const alice = await first.connect('alice');
      await alice.close();
      await until(() => [...first.connections].length === 0, 'the end of the connection');
      await first.close();
      expect(await types(await node())).toEqual(['disconnected', 'connected']);
    });

    it('costs nothing where it is off, and is where the host wants it', async () => {
      const off = await node({ audit: { enabled: false } });
      const seen: string[] = [];
      const own = await node({ audit: { sink: { record: ({ type }) => void seen.push(type) } } });
      for (const server of [off, own]) await (await server.connect('alice')).join(ROOM);
      expect(seen).toEqual(['connected', 'joined']);
      for (const server of [off, own]) await server.close();
      const after = await node();
      expect(await types(after)).toEqual([]);
      expect(after.app.get(Traffic).auditDropped).toBe(0);
    });
  });
}
