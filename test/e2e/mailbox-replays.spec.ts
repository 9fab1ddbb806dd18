import { RealtimeError } from '../../src/protocol/errors';
import { MailboxMessages } from '../../src/features/mailbox/mailbox-messages.repository';
import { Replays } from '../../src/rooms/replays';
import type { TestClient } from '../support/client';
import { Gate } from '../support/gate';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(async () => {
  jest.restoreAllMocks();
  await stopAll();
});

const KIB = 1024;
/** More than ten pages of 64 KiB. */
const COUNT = 40;
const TEXT = 'x'.repeat(20 * KIB);
const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);

/** A server at which alice's mail waits. */
async function withMail(options: RealtimeTestOptions = {}): Promise<Realtime> {
  const server = await realtime(options);
  for (const n of range(COUNT)) await mail(server, n, TEXT);
  return server;
}

const mail = ({ events }: Realtime, n: number, text = '') =>
  events.emit('invoice.paid', { n, text }, { user: 'alice', mailbox: true });

const replays = ({ app }: Realtime): number => app.get(Replays).count;

/** Lets the first page be read; the second one waits at the gate, and `then` is done before it is read. */
function stopAtSecondPage({ app }: Realtime, then: () => void = () => undefined): Gate {
  const gate = new Gate();
  const messages = app.get(MailboxMessages, { strict: false });
  const page = messages.page.bind(messages);
  jest.spyOn(messages, 'page').mockImplementation(async (...args) => {
    if (args[2] > 0) {
      await gate.pass();
      then();
    }
    return page(...args);
  });
  return gate;
}

/** The numbers of the mail a client got, in the order it got them. */
async function numbers(client: TestClient): Promise<unknown[]> {
  await client.settled();
  return client.frames.filter(({ type }) => type === 'invoice.paid').map(({ data }) => data.n);
}

describe('a mailbox with more than a page', () => {
  it('is sent page by page, and what is published meanwhile comes behind it, without a gap or a repeat', async () => {
    const server = await withMail();
    const gate = stopAtSecondPage(server);
    const alice = await server.connect('alice');
    await until(() => gate.arrived === 1, 'the second page');
    expect(replays(server)).toBe(1);
    const sent = alice.frames.filter(({ type }) => type === 'invoice.paid').length;
    expect(sent).toBeLessThanOrEqual(3);
    await server.events.emit('invoice.paid', { n: COUNT }, { user: 'alice' });
    gate.open();
    await mail(server, COUNT + 1);
    await until(async () => (await numbers(alice)).length === COUNT + 2, 'all of it');
    expect(await numbers(alice)).toEqual(range(COUNT + 2));
    const offsets = alice.frames.flatMap(({ offset }) => offset ?? []);
    expect(offsets).toEqual([...offsets].sort((one, other) => one - other));
    expect(replays(server)).toBe(0);
  });

  it('is acknowledged as far as it came', async () => {
    const server = await withMail();
    const alice = await server.connect('alice');
    expect(await numbers(alice)).toEqual(range(COUNT));
    const { offset } = alice.frames.filter(({ type }) => type === 'invoice.paid')[COUNT - 6];
    expect((await alice.request('received', { room: 'user:alice', offset })).type).toBe('ack');
    expect(await numbers(await server.connect('alice'))).toEqual(range(5, COUNT - 5));
  });

  it('ends with its connection, and waits for the next one as a whole', async () => {
    const server = await withMail();
    const gate = stopAtSecondPage(server);
    const first = await server.connect('alice');
    await until(() => gate.arrived === 1, 'the second page');
    first.drop();
    await until(() => server.connections.size === 0, 'the end of the connection');
    gate.open();
    await until(() => replays(server) === 0, 'the end of the replay');
    expect(await numbers(await server.connect('alice'))).toEqual(range(COUNT));
  });

  it('takes a place among the replays of its user', async () => {
    const server = await withMail({ history: { maxReplaysPerUser: 1 } });
    const gate = stopAtSecondPage(server);
    const first = await server.connect('alice');
    await until(() => gate.arrived === 1, 'the second page');
    const second = await server.connect('alice');
    await server.connect('bob');
    expect(second.frames.filter(({ type }) => type === 'invoice.paid')).toEqual([]);
    first.drop();
    gate.open();
    await until(async () => (await numbers(second)).length === COUNT, 'the mail of the second connection');
    expect(await numbers(second)).toEqual(range(COUNT));
  });

  it('is told to be unavailable when the database fails in the middle, and the client goes on', async () => {
    const server = await withMail();
    const gate = stopAtSecondPage(server, () => {
      throw new RealtimeError('unavailable');
    });
    const alice = await server.connect('alice');
    await until(() => gate.arrived === 1, 'the second page');
    gate.open();
    expect((await alice.next('error')).data).toMatchObject({
      code: 'unavailable',
      message: 'Your mailbox is temporarily unavailable. Pending messages will be delivered on your next connection.',
    });
    await mail(server, COUNT);
    await until(async () => (await numbers(alice)).includes(COUNT), 'what is published afterwards');
    jest.restoreAllMocks();
    expect(await numbers(await server.connect('alice'))).toEqual(range(COUNT + 1));
  });
});
