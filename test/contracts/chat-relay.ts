import { Backplane, MemoryBackplane, Publication, RealtimeError, RoomName, Storage } from '../../src';
import { realtime, stopAll } from '../support/realtime';
import { until } from '../support/until';
import type { ChatDatabase } from './chat';

const ROOM = 'chat:lobby';
const BROKEN = 'chat:broken';

type Refuse = (publication: Publication) => Promise<never> | undefined;

/** Takes everything but what is said in `chat:broken`: `refuse` says what becomes of that. */
class BrokenRoomBackplane extends MemoryBackplane {
  refused = 0;

  constructor(public refuse: Refuse) {
    super();
  }

  override publish(room: RoomName, publication: Publication) {
    const refused = room === BROKEN ? this.refuse(publication) : undefined;
    if (refused) this.refused++;
    return refused ?? super.publish(room, publication);
  }
}

/** What a message that a process stored but did not publish may expect, on every database. `make` gives an empty one. */
export function describeChatRelay(name: string, make: () => Promise<ChatDatabase>): void {
  describe(`chat that was stored on ${name} and not published`, () => {
    let database: ChatDatabase;

    beforeEach(async () => (database = await make()));
    afterEach(stopAll);

    const left = (n: number, room = ROOM) => ({
      id: `left-behind-${String(n).padStart(9, '0')}`,
      room,
      body: `{"type":"chat","data":{"n":${n}},"message_id":"${n}","timestamp":"2027-02-01T09:00:00.120Z","room":"${room}"`,
      created_at: Date.now() - 60_000,
      claimed_until: 0,
    });
    const leaveBehind = async (storage: Storage, count: number) => {
      const entries = Array.from({ length: count }, (_, n) => left(n));
      await storage.write((trx) => trx.insertInto('chat_outbox').values(entries).execute());
    };
    const entries = async (storage: Storage) => storage.db.selectFrom('chat_outbox').select('id').execute();

    it('is published by the next process that starts, in order, and once', async () => {
      const storage = database.open();
      await storage.migrate();
      await leaveBehind(storage, 250);
      const server = await realtime({ storage });
      await until(() => server.log.of('log').some((line) => /^Published 50 /.test(line)), 'the relay');
      const alice = await server.connect('alice');
      const { epoch } = await alice.join(ROOM);
      const { replayed } = await alice.join(ROOM, { epoch, offset: 0 });
      const heard = [];
      for (let n = 0; n < replayed; n++) heard.push((await alice.next('chat')).data);
      expect(heard).toEqual(Array.from({ length: 250 }, (_, n) => ({ n })));
      expect(await entries(storage)).toEqual([]);
    });

    it('counts against the user who said it, whichever process publishes it', async () => {
      const storage = database.open();
      const server = await realtime({ storage, chat: { relayAfterMs: 20 } });
      const alice = await server.connect('alice');
      await alice.join(ROOM);
      await storage.write((trx) =>
        trx
          .insertInto('chat_outbox')
          .values({ ...left(0), publisher: 'bob' })
          .execute(),
      );
      await alice.next('chat');
      const { publications } = await server.app.get(Backplane).page(ROOM, { limit: 1, maxBytes: 1e6 });
      expect(publications.map(({ publisher }) => publisher)).toEqual(['bob']);
    });

    it('is published by a process that runs', async () => {
      const storage = database.open();
      const server = await realtime({ storage, chat: { relayAfterMs: 20 } });
      const alice = await server.connect('alice');
      await alice.join(ROOM);
      await leaveBehind(storage, 1);
      expect((await alice.next('chat')).data).toEqual({ n: 0 });
    });

    it('waits while another process is at it, and is taken over when that one does not come to an end', async () => {
      const storage = database.open();
      const server = await realtime({ storage, chat: { relayAfterMs: 20 } });
      const alice = await server.connect('alice');
      await alice.join(ROOM);
      const claimed = { ...left(0), claimed_until: Date.now() + 500 };
      await storage.write((trx) =>
        trx
          .insertInto('chat_outbox')
          .values([claimed, left(1)])
          .execute(),
      );
      expect((await alice.next('chat')).data).toEqual({ n: 0 });
      expect(Date.now()).toBeGreaterThan(claimed.claimed_until);
      expect((await alice.next('chat')).data).toEqual({ n: 1 });
    });

    const put = (storage: Storage, ...entries: ReturnType<typeof left>[]) =>
      storage.write((trx) => trx.insertInto('chat_outbox').values(entries).execute());
    const seen = async (server: Awaited<ReturnType<typeof realtime>>, ...rooms: string[]) => {
      const alice = await server.connect('alice');
      for (const room of rooms) await alice.join(room);
      return async () => ((await alice.next('chat')).data as unknown as { n: number }).n;
    };

    it.each<[string, Refuse]>([
      ['fails', () => Promise.reject(new Error('too odd for this broker'))],
      ['is unavailable', () => Promise.reject(new RealtimeError('unavailable'))],
      ['never answers', () => new Promise<never>(() => undefined)],
    ])('is published in the other rooms while the backplane of one %s', async (_what, refuse) => {
      const storage = database.open();
      const backplane = new BrokenRoomBackplane(refuse);
      const server = await realtime({ storage, backplane, chat: { relayAfterMs: 20 } });
      const next = await seen(server, ROOM, BROKEN);
      await put(storage, left(0, BROKEN), left(1), left(2, BROKEN), left(3));
      expect([await next(), await next()]).toEqual([1, 3]);
    });

    it('is published in order when the backplane of its room takes it again, and others meanwhile', async () => {
      const storage = database.open();
      const backplane = new BrokenRoomBackplane(() => Promise.reject(new Error('out of order')));
      const server = await realtime({ storage, backplane, chat: { relayAfterMs: 20 } });
      const next = await seen(server, ROOM, BROKEN);
      await put(storage, left(0, BROKEN), left(1, BROKEN));
      await until(() => backplane.refused > 1, 'a second attempt');
      await put(storage, left(2), left(3, BROKEN));
      expect(await next()).toBe(2);
      backplane.refuse = () => undefined;
      expect([await next(), await next(), await next()]).toEqual([0, 1, 3]);
      await until(async () => (await entries(storage)).length === 0, 'an empty outbox');
    });

    it('is set aside when it cannot be published, and its room goes on', async () => {
      const storage = database.open();
      const poison = left(0, BROKEN);
      const backplane = new BrokenRoomBackplane(({ id }) =>
        id === poison.id ? Promise.reject(new Error('too odd for this broker')) : undefined,
      );
      const server = await realtime({ storage, backplane, chat: { relayAfterMs: 20, relayAttempts: 3 } });
      const next = await seen(server, BROKEN);
      await put(storage, poison, left(1, BROKEN));
      expect(await next()).toBe(1);
      await until(async () => (await entries(storage)).length === 1, 'only what is set aside');
      const aside = await storage.db.selectFrom('chat_outbox').select(['id', 'attempts', 'retry_at']).execute();
      expect(aside).toEqual([{ id: poison.id, attempts: 3, retry_at: null }]);
      const [line] = server.log.of('error').filter((each) => each.includes(poison.id));
      expect(line).toMatch(/too odd for this broker.* is set aside after 3 attempts\. To try again, set retry_at = 0/);
      await put(storage, left(2, BROKEN));
      expect(await next()).toBe(2);
      expect(backplane.refused).toBe(3);
      backplane.refuse = () => undefined;
      await storage.write((trx) => trx.updateTable('chat_outbox').set({ retry_at: 0 }).execute());
      expect(await next()).toBe(0);
    });

    it('is nothing when all went well', async () => {
      const server = await realtime({ storage: database.open() });
      const alice = await server.connect('alice');
      await alice.join(ROOM);
      for (let n = 0; n < 10; n++) alice.send('chat', { room: ROOM, text: String(n) });
      await alice.settled();
      await server.close();
      const storage = database.open();
      await expect(entries(storage)).resolves.toEqual([]);
      await storage.close();
    });
  });
}
