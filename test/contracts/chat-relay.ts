import type { Storage } from '../../src';
import { realtime, stopAll } from '../support/realtime';
import { until } from '../support/until';
import type { ChatDatabase } from './chat';

const ROOM = 'chat:lobby';

/** What a message that a process stored but did not publish may expect, on every database. `make` gives an empty one. */
export function describeChatRelay(name: string, make: () => Promise<ChatDatabase>): void {
  describe(`chat that was stored on ${name} and not published`, () => {
    let database: ChatDatabase;

    beforeEach(async () => (database = await make()));
    afterEach(stopAll);

    const left = (n: number) => ({
      id: `left-behind-${String(n).padStart(9, '0')}`,
      room: ROOM,
      body: `{"type":"chat","data":{"n":${n}},"message_id":"${n}","timestamp":"2027-02-01T09:00:00.120Z","room":"${ROOM}"`,
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
