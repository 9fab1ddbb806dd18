import type { Storage } from '../../src';
import type { KeptMessage } from '../../src/protocol/frames';
import type { TestClient } from '../support/client';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { until } from '../support/until';
import { uniqueId } from '../../src/protocol/unique-id';

const ROOM = 'chat:lobby';

/** Nodes of one database that a test may start, one after the other or at once. */
export interface ChatDatabase {
  open(): Storage;
}

interface History {
  room: string;
  messages: KeptMessage[];
  has_more: boolean;
}

/** What chat promises on every database. `make` gives an empty one. */
export function describeChat(name: string, make: () => Promise<ChatDatabase>): void {
  describe(`chat on ${name}`, () => {
    let database: ChatDatabase;

    beforeEach(async () => (database = await make()));
    afterEach(stopAll);

    const node = (options: RealtimeTestOptions = {}) => realtime({ storage: database.open(), ...options });

    async function member(server: Realtime, userId: string, roles: string[] = []): Promise<TestClient> {
      const client = await server.connect(userId, { name: userId.toUpperCase(), roles });
      await client.join(ROOM);
      return client;
    }

    async function lobby(options?: RealtimeTestOptions) {
      const server = await node(options);
      return { server, alice: await member(server, 'alice'), bob: await member(server, 'bob') };
    }

    async function say(client: TestClient, text: string, messageId?: string): Promise<string> {
      const reply = await client.request('chat', { room: ROOM, text }, messageId);
      expect([reply.type, text]).toEqual(['ack', text]);
      return reply.data.id as string;
    }

    async function history(client: TestClient, page: object = {}): Promise<History> {
      const reply = await client.request('chat_history', { room: ROOM, ...page });
      expect(reply.type).toBe('chat_history');
      return reply.data as unknown as History;
    }

    const texts = async (client: TestClient, page?: object) =>
      (await history(client, page)).messages.map(({ text }) => text);

    describe('a message', () => {
      it('is there after a restart, as it was sent', async () => {
        const text = `Robert'); drop table chat_messages; -- "𝄞" <b>\u0001`;
        const { server, alice } = await lobby();
        const id = await say(alice, text);
        const { timestamp } = await alice.next('chat');
        await server.close();
        const carol = await (await node()).connect('carol');
        await carol.join(ROOM);
        const { messages, has_more } = await history(carol);
        expect(messages).toEqual([
          { id, text, user: { id: 'alice', name: 'ALICE' }, sent_at: expect.any(String) as string },
        ]);
        expect(has_more).toBe(false);
        expect(Math.abs(Date.parse(messages[0].sent_at) - Date.parse(timestamp))).toBeLessThan(1000);
      });

      it('is published under the id it is stored with', async () => {
        const { alice, bob } = await lobby();
        const id = await say(alice, 'hi');
        expect(await bob.next('chat')).toMatchObject({ message_id: id, data: { id } });
      });

      it('sent again after a restart is the same message, not said a second time', async () => {
        const { server, alice } = await lobby();
        const id = await say(alice, 'once', 'c-1');
        await server.close();
        const next = await node();
        const [again, bob] = [await member(next, 'alice'), await member(next, 'bob')];
        expect((await again.request('chat', { room: ROOM, text: 'once' }, 'c-1')).data).toEqual({
          id,
          room: ROOM,
          offset: 0,
        });
        await say(bob, 'next', 'c-1');
        expect((await bob.next('chat')).data.text).toBe('next');
        expect(await texts(bob)).toEqual(['next', 'once']);
      });

      it('may have the message_id of another one that is long past', async () => {
        const idempotency = { windowMs: 1 };
        const { alice } = await lobby({ idempotency });
        const first = await say(alice, 'one', 'c-1');
        await until(() => Date.now() > Date.parse(alice.frames.at(-1)!.timestamp) + 5, 'the next moment');
        expect(await say(alice, 'two', 'c-1')).not.toBe(first);
        expect(await texts(alice)).toEqual(['two', 'one']);
      });

      it('leaves no trace when it is refused', async () => {
        const { alice, bob } = await lobby();
        for (const text of ['', 'x'.repeat(5000), 'a\0b', 'a\ud800b']) {
          expect((await alice.refusal('chat', { room: ROOM, text })).code).toBe('validation_failed');
        }
        await alice.request('leave_room', { room: ROOM });
        expect((await alice.refusal('chat', { room: ROOM, text: 'hi' })).code).toBe('not_member');
        expect(await texts(bob)).toEqual([]);
      });
    });

    describe('history', () => {
      async function say120(client: TestClient): Promise<string[]> {
        const all = Array.from({ length: 120 }, (_, n) => `message ${n}`);
        for (const text of all) client.send('chat', { room: ROOM, text });
        await client.settled();
        return all.reverse();
      }

      it('comes page by page, newest first, whatever is said meanwhile', async () => {
        const { alice, bob } = await lobby();
        const all = await say120(alice);
        const read: string[] = [];
        let before: string | undefined;
        for (let more = true; more;) {
          const page = await history(bob, { before, limit: 25 });
          read.push(...page.messages.map(({ text }) => text!));
          before = page.messages.at(-1)!.id;
          more = page.has_more;
          await say(alice, `said after ${read.length}`);
        }
        expect(read).toEqual(all);
      });

      it('is 50 messages long unless asked otherwise', async () => {
        const { alice, bob } = await lobby();
        const all = await say120(alice);
        expect(await texts(bob)).toEqual(all.slice(0, 50));
        expect(await texts(bob, { limit: null, before: null })).toEqual(all.slice(0, 50));
        expect((await history(bob, { limit: 120 })).has_more).toBe(false);
        expect((await history(bob, { limit: 119 })).has_more).toBe(true);
      });

      it('ends a page at 256 KiB, and holds a message at least', async () => {
        const { alice, bob } = await lobby();
        const text = '𝄞'.repeat(4000);
        for (let n = 0; n < 20; n++) alice.send('chat', { room: ROOM, text });
        await alice.settled();
        const { messages, has_more } = await history(bob);
        expect([messages.length, has_more]).toEqual([16, true]);
        expect((await history(bob, { before: messages.at(-1)!.id })).messages).toHaveLength(4);
      });

      it('is of one room', async () => {
        const { alice, bob } = await lobby();
        const id = await say(alice, 'hi');
        await bob.join('chat:attic');
        for (const room of ['chat:attic', "chat:lobby'--", 'chat:%']) {
          const reply = await bob.request('chat_history', { room });
          expect([room, reply.data.messages ?? reply.data.code]).toEqual([
            room,
            room === 'chat:attic' ? [] : 'validation_failed',
          ]);
        }
        expect(await bob.refusal('chat_history', { room: 'chat:attic', before: id })).toMatchObject({
          code: 'not_found',
          message: `There is no message ${id} in chat:attic.`,
        });
        expect((await bob.refusal('chat_history', { room: ROOM, before: uniqueId() })).code).toBe('not_found');
      });

      it('takes nothing but what it knows', async () => {
        const { bob } = await lobby();
        for (const [field, value] of Object.entries({ before: "' or 1=1 --12345678901", limit: 201, after: 'x' })) {
          const { code, details } = await bob.refusal('chat_history', { room: ROOM, [field]: value });
          expect([code, details?.[0].field]).toEqual(['validation_failed', field]);
        }
        expect((await bob.refusal('chat_history', { room: 'user:alice' })).code).toBe('forbidden');
      });
    });

    describe('an edit', () => {
      it("changes the author's message for everyone and for good", async () => {
        const { alice, bob } = await lobby();
        const id = await say(alice, 'Helo');
        const reply = await alice.request('chat_edit', { room: ROOM, id, text: ' Hello ' });
        expect(reply).toMatchObject({ type: 'ack', data: { id, room: ROOM, offset: 2 } });
        const edited = await bob.next('chat_edited');
        expect(edited).toMatchObject({ room: ROOM, offset: 2 });
        const { edited_at } = edited.data;
        expect(edited.data).toEqual({ id, text: 'Hello', user: { id: 'alice', name: 'ALICE' }, edited_at });
        expect(await alice.next('chat_edited')).toEqual(edited);
        expect((await history(bob)).messages).toMatchObject([{ id, text: 'Hello', edited_at }]);
      });

      it('is later than the one before it, however quickly they come', async () => {
        const { alice, bob } = await lobby();
        const id = await say(alice, '0');
        for (let n = 1; n <= 5; n++) alice.send('chat_edit', { room: ROOM, id, text: String(n) });
        await alice.settled();
        const times = [];
        for (let n = 1; n <= 5; n++) times.push((await bob.next('chat_edited')).data.edited_at);
        expect(times).toEqual([...new Set(times)].sort());
      });

      it("is not for somebody else's message, unless by who moderates", async () => {
        const { server, alice, bob } = await lobby();
        const id = await say(alice, 'hi');
        const by = (client: TestClient, type: string) => client.request(type, { room: ROOM, id, text: 'ho' });
        expect((await by(bob, 'chat_edit')).data).toMatchObject({
          code: 'forbidden',
          message: "This message is another user's.",
        });
        expect(await texts(bob)).toEqual(['hi']);
        const admin = await member(server, 'root', ['admin']);
        expect((await by(admin, 'chat_edit')).type).toBe('ack');
        expect((await bob.next('chat_edited')).data.user).toEqual({ id: 'alice', name: 'ALICE' });
      });

      it('is refused for what is not there, and tells nothing of other rooms', async () => {
        const { alice, bob } = await lobby();
        await alice.join('chat:attic');
        const elsewhere = (await alice.request('chat', { room: 'chat:attic', text: 'psst' })).data.id;
        for (const id of [elsewhere, uniqueId()]) {
          expect((await alice.refusal('chat_edit', { room: ROOM, id, text: 'x' })).code).toBe('not_found');
          expect((await bob.refusal('chat_delete', { room: ROOM, id })).code).toBe('not_found');
        }
        for (const id of ["' or ''='", 7, null, 'x'.repeat(22)]) {
          const { code, details } = await alice.refusal('chat_edit', { room: ROOM, id, text: 'x' });
          expect([code, details?.[0].field]).toEqual(['validation_failed', 'id']);
        }
        const long = await alice.refusal('chat_edit', { room: ROOM, id: uniqueId(), text: 'x'.repeat(5000) });
        expect(long).toMatchObject({ code: 'validation_failed', details: [{ field: 'text' }] });
      });

      it('needs what saying something needs', async () => {
        const { alice } = await lobby();
        const id = await say(alice, 'hi');
        await alice.request('leave_room', { room: ROOM });
        for (const type of ['chat_edit', 'chat_delete']) {
          expect((await alice.refusal(type, { room: ROOM, id, text: 'x' })).code).toBe('not_member');
        }
      });
    });

    describe('a deletion', () => {
      it('takes the text away for everyone and for good', async () => {
        const { server, alice, bob } = await lobby();
        const id = await say(alice, 'my password is hunter2');
        expect((await alice.request('chat_delete', { room: ROOM, id })).data).toEqual({ id, room: ROOM, offset: 2 });
        expect((await bob.next('chat_deleted')).data).toEqual({ id, user: { id: 'alice', name: 'ALICE' } });
        const { messages } = await history(bob);
        expect(messages).toEqual([
          { id, user: { id: 'alice', name: 'ALICE' }, sent_at: expect.any(String) as string, deleted: true },
        ]);
        await server.close();
        const storage = database.open();
        expect(await storage.db.selectFrom('chat_messages').select('text').execute()).toEqual([{ text: '' }]);
        await storage.close();
      });

      it('cannot be taken back', async () => {
        const { alice } = await lobby();
        const id = await say(alice, 'hi');
        await alice.request('chat_delete', { room: ROOM, id });
        for (const type of ['chat_edit', 'chat_delete']) {
          const data = type === 'chat_edit' ? { room: ROOM, id, text: 'x' } : { room: ROOM, id };
          expect((await alice.refusal(type, data)).code).toBe('not_found');
        }
      });
    });
  });
}
