import { MemoryBackplane, RealtimeCounters } from '../../src';
import type { Received, TestClient } from '../support/client';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import type { ChatDatabase } from './chat';

const ROOM = 'user:alice';
const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);

/** What the mailbox promises on every database. `make` gives an empty one. */
export function describeMailbox(name: string, make: () => Promise<ChatDatabase>): void {
  describe(`the mailbox on ${name}`, () => {
    let database: ChatDatabase;

    beforeEach(async () => (database = await make()));
    afterEach(stopAll);

    const node = (options: RealtimeTestOptions = {}) => realtime({ storage: database.open(), ...options });
    const mail = ({ events }: Realtime, n: number, id?: string) =>
      events.emit('invoice.paid', { n }, { user: 'alice', mailbox: true, id });
    const dropped = ({ app }: Realtime) => app.get(RealtimeCounters).mailboxDropped;

    async function mailAll(server: Realtime, ns: readonly number[]): Promise<void> {
      for (const n of ns) await mail(server, n);
    }

    /** What a client was sent so far. */
    async function invoices(client: TestClient): Promise<Received[]> {
      await client.settled();
      return client.frames.filter(({ type }) => type === 'invoice.paid');
    }

    const numbers = async (client: TestClient) => (await invoices(client)).map(({ data }) => data.n);

    async function acknowledge(client: TestClient, offset: number): Promise<void> {
      expect(await client.request('received', { room: ROOM, offset })).toMatchObject({ type: 'ack', data: {} });
    }

    it('holds what was sent to a user who is away, in order, until it is acknowledged', async () => {
      const server = await node();
      await mailAll(server, [1, 2, 3]);
      const first = await server.connect('alice');
      const all = await invoices(first);
      expect(all.map(({ data, room, offset }) => [data.n, room, offset])).toEqual([
        [1, ROOM, 1],
        [2, ROOM, 2],
        [3, ROOM, 3],
      ]);
      await first.close();
      const second = await server.connect('alice');
      expect(await invoices(second)).toEqual(all);
      await acknowledge(second, 2);
      await second.close();
      const third = await server.connect('alice');
      expect(await invoices(third)).toEqual(all.slice(2));
      await acknowledge(third, 3);
      expect(await numbers(await server.connect('alice'))).toEqual([]);
      expect(await numbers(await server.connect('bob'))).toEqual([]);
    });

    it('holds what RoomsService says to a user', async () => {
      const { rooms, connect } = await node();
      const position = await rooms.message('alice', 'invoice.paid', { n: 7 });
      const [invoice] = await invoices(await connect('alice'));
      expect(invoice).toMatchObject({ data: { n: 7 }, room: ROOM, offset: position.offset });
      await expect(rooms.message('alice', 'paid')).rejects.toThrow(
        "type must be noun.verb, as task.created, at most 64 characters of A-Z a-z 0-9 _ and dots, got 'paid'",
      );
      await expect(rooms.message('', 'invoice.paid')).rejects.toThrow("user must be a user id, got ''");
    });

    it('is one for three devices', async () => {
      const server = await node();
      const laptop = await server.connect('alice');
      const tablet = await server.connect('alice');
      await mailAll(server, [1, 2]);
      const phone = await server.connect('alice');
      const [first] = await invoices(laptop);
      for (const device of [laptop, tablet, phone]) {
        expect(await numbers(device)).toEqual([1, 2]);
        expect((await invoices(device))[0]).toEqual(first);
      }
      await acknowledge(phone, first.offset!);
      await tablet.close();
      expect(await numbers(await server.connect('alice'))).toEqual([2]);
      await mail(server, 3);
      for (const device of [laptop, phone]) expect(await numbers(device)).toEqual([1, 2, 3]);
      await acknowledge(laptop, 3);
      expect(await numbers(await server.connect('alice'))).toEqual([]);
    });

    it('is there after a restart: the same messages in the same order at new offsets, before newer ones', async () => {
      const before = await node();
      await mail(before, 0);
      const reader = await before.connect('alice');
      await acknowledge(reader, 1);
      await mailAll(before, range(5, 1));
      const old = await invoices(reader);
      await before.close();
      const after = await node();
      await mail(after, 6);
      const [phone, laptop] = await Promise.all([after.connect('alice'), after.connect('alice')]);
      for (const device of [phone, laptop]) {
        expect(await numbers(device)).toEqual(range(6, 1));
        expect((await invoices(device)).map(({ offset }) => offset)).toEqual(range(6, 1));
        const ids = (await invoices(device)).map(({ message_id }) => message_id);
        expect(ids.slice(0, 5)).toEqual(old.slice(1).map(({ message_id }) => message_id));
      }
      await acknowledge(laptop, 6);
      expect(await numbers(await after.connect('alice'))).toEqual([]);
    });

    it('brings a thousand messages to devices that come at once after a restart, each once', async () => {
      const before = await node();
      await Promise.all(range(1000).map((n) => mail(before, n)));
      await before.close();
      const after = await node();
      const devices = await Promise.all(range(5).map(() => after.connect('alice')));
      for (const device of devices) expect(await numbers(device)).toEqual(range(1000));
      expect(dropped(after)).toBe(0);
    }, 60_000);

    it('loses and repeats nothing that is sent while a device comes', async () => {
      const server = await node();
      let sent = 0;
      const devices: TestClient[] = [];
      for (let round = 0; round < 15; round++) {
        const emitted = range(8).map(() => mail(server, sent++));
        const plain = server.events.emit('lunch.served', {}, { user: 'alice' });
        devices.push(await server.connect('alice'));
        await Promise.all([...emitted, plain]);
      }
      for (const device of devices) {
        expect(await numbers(device)).toEqual(range(sent));
        const offsets = device.frames.flatMap(({ offset }) => offset ?? []);
        expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
      }
    });

    it('keeps the newest, and says how many had to go', async () => {
      const server = await node({ mailbox: { maxMessages: 3 } });
      await mailAll(server, range(5));
      expect(await numbers(await server.connect('alice'))).toEqual([2, 3, 4]);
      expect(dropped(server)).toBe(2);
    });

    it('keeps no more bytes than it may, but always the newest message', async () => {
      const server = await node({ mailbox: { maxBytes: 10_000 } });
      const text = 'é'.repeat(1_500);
      const send = (n: number, filling: string) =>
        server.events.emit('invoice.paid', { n, filling }, { user: 'alice', mailbox: true });
      await mail(server, 0);
      for (const n of range(4, 1)) await send(n, text);
      expect(await numbers(await server.connect('alice'))).toEqual([2, 3, 4]);
      expect(dropped(server)).toBe(2);
      await send(5, text.repeat(5));
      expect(await numbers(await server.connect('alice'))).toEqual([5]);
      await mail(server, 6);
      expect(await numbers(await server.connect('alice'))).toEqual([6]);
    });

    it('forgets what is too old', async () => {
      const storage = database.open();
      const server = await node({ storage, mailbox: { maxAgeMs: 60_000 } });
      await mailAll(server, [1, 2]);
      const created_at = Date.now() - 61_000;
      await storage.write((trx) =>
        trx.updateTable('mailbox_messages').set({ created_at }).where('stream_offset', '=', 1).execute(),
      );
      expect(await numbers(await server.connect('alice'))).toEqual([2]);
    });

    it('takes an id once, also when it was acknowledged meanwhile', async () => {
      const server = await node();
      const position = await mail(server, 1, 'invoice-1');
      await mail(server, 2);
      expect(await mail(server, 1, 'invoice-1')).toEqual(position);
      const alice = await server.connect('alice');
      expect(await numbers(alice)).toEqual([1, 2]);
      await acknowledge(alice, 2);
      expect(await mail(server, 1, 'invoice-1')).toEqual(position);
      expect(await numbers(await server.connect('alice'))).toEqual([]);
      expect(await numbers(alice)).toEqual([1, 2]);
    });

    it('is published by whoever is next when the process that stored it died', async () => {
      const storage = database.open();
      const server = await node({ storage });
      await storage.write((trx) =>
        trx
          .insertInto('mailbox_messages')
          .values({
            user_id: 'alice',
            id: 'left',
            body: `{"type":"invoice.paid","data":{"n":0},"message_id":"left","timestamp":"2027-02-01T09:00:00.120Z","room":"${ROOM}"`,
            created_at: Date.now(),
            epoch: null,
            stream_offset: null,
          })
          .execute(),
      );
      const alice = await server.connect('alice');
      expect(await numbers(alice)).toEqual([0]);
      await mail(server, 1);
      expect((await invoices(alice)).map(({ offset }) => offset)).toEqual([1, 2]);
    });

    it('says once what was published before its place was on record', async () => {
      const storage = database.open();
      const server = await node({ storage });
      const alice = await server.connect('alice');
      await mail(server, 1);
      await storage.write((trx) =>
        trx.updateTable('mailbox_messages').set({ epoch: null, stream_offset: null }).execute(),
      );
      await mail(server, 2);
      expect((await invoices(alice)).map(({ data, offset }) => [data.n, offset])).toEqual([
        [1, 1],
        [2, 2],
      ]);
    });

    it('is one for two nodes', async () => {
      const backplane = new MemoryBackplane();
      const nodes = [await node({ backplane }), await node({ backplane })];
      const devices = [await nodes[0].connect('alice')];
      for (let round = 0; round < 5; round++) {
        const emitted = range(10).map((n) => mail(nodes[n % 2], round * 10 + n));
        devices.push(await nodes[round % 2].connect('alice'));
        await Promise.all(emitted);
      }
      const [all] = await Promise.all(devices.map(invoices));
      expect(all.map(({ offset }) => offset)).toEqual(range(50, 1));
      for (const device of devices) expect(await invoices(device)).toEqual(all);
      await acknowledge(devices[1], 49);
      for (const each of nodes) expect(await invoices(await each.connect('alice'))).toEqual(all.slice(49));
    });

    it('takes any text for a user', async () => {
      const server = await node();
      const user = `Robert'); drop table mailbox_messages; --"𝄞`;
      await server.events.emit('invoice.paid', { n: 1 }, { user, mailbox: true });
      const robert = await server.connect(user);
      expect(await numbers(robert)).toEqual([1]);
      expect((await robert.request('received', { room: `user:${user}`, offset: 1 })).type).toBe('ack');
      expect(await numbers(await server.connect(user))).toEqual([]);
    });
  });
}
