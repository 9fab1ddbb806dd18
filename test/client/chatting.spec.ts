import type { Clock } from '../../src/client';
import { realtime, stopAll } from '../support/realtime';
import { closeClients, sdk, signal } from '../support/sdk';
import { until } from '../support/until';

afterEach(async () => {
  await closeClients();
  await stopAll();
});

async function lobby() {
  const server = await realtime();
  const alice = sdk(server, 'alice').room('chat:lobby');
  const bob = sdk(server, 'bob').room('chat:lobby');
  await alice.join();
  await bob.join();
  return { server, alice, bob };
}

describe('chat', () => {
  it('says something to all, edits it, takes it away, and reads back what was said', async () => {
    const { alice, bob } = await lobby();
    const seen: unknown[] = [];
    for (const event of ['chat', 'chat_edited', 'chat_deleted'] as const) {
      bob.on(event, ({ id, ...rest }) => seen.push([event, id, 'text' in rest ? rest.text : undefined]));
    }
    const { id, offset } = await alice.chat.send(' Godo morning! ');
    await alice.chat.edit(id, 'Good morning!');
    await alice.chat.delete(id);
    await until(() => seen.length === 3, 'what alice did');
    expect(offset).toBe(1);
    expect(seen).toEqual([
      ['chat', id, 'Godo morning!'],
      ['chat_edited', id, 'Good morning!'],
      ['chat_deleted', id, undefined],
    ]);
    const other = await bob.chat.send('Hello');
    const { messages, has_more } = await alice.chat.history({ limit: 1 });
    expect([messages[0].id, messages[0].text, has_more]).toEqual([other.id, 'Hello', true]);
    expect((await alice.chat.history({ before: other.id })).messages).toMatchObject([{ id, deleted: true }]);
    await expect(bob.chat.edit(id, 'mine')).rejects.toMatchObject({ code: 'not_found' });
  });
});

/** Time that passes when a test says so. */
class TestClock implements Clock {
  #now = 0;
  readonly #due = new Set<{ at: number; run: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const due = { at: this.#now + ms, run };
    this.#due.add(due);
    return () => void this.#due.delete(due);
  }

  get pending(): number {
    return this.#due.size;
  }

  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#due].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (!next) break;
      this.#now = next.at;
      this.#due.delete(next);
      next.run();
    }
    this.#now = end;
  }
}

describe('typing', () => {
  it('is shown to the others, until it stops', async () => {
    const { alice, bob } = await lobby();
    const shown: string[][] = [];
    bob.typing.on('changed', (users) => shown.push([...users.keys()]));
    alice.typing.signal();
    await until(() => shown.length === 1, 'that alice types');
    alice.typing.stop();
    await until(() => shown.length === 2, 'that alice stopped');
    expect(shown).toEqual([['alice'], []]);
    expect(alice.typing.users.size).toBe(0);
  });

  it('is said every three seconds while keys are pressed, and ends when none is', async () => {
    const server = await realtime();
    const clock = new TestClock();
    const client = sdk(server, 'alice', { clock });
    const { typing } = client.room('chat:lobby');
    await client.room('chat:lobby').join();
    const [connection] = server.connections;
    const before = connection.messagesReceived;
    const said = async (): Promise<number> => {
      await client.request('ping');
      return connection.messagesReceived - before;
    };
    for (let key = 0; key < 10; key++) {
      typing.signal();
      clock.pass(500);
    }
    expect(await said()).toBe(1 + 2);
    clock.pass(4_000);
    expect(await said()).toBe(2 + 3);
    clock.pass(3_600);
    typing.stop();
    expect(await said()).toBe(3 + 3);
  });

  it('is shown no longer than it may be when its end is lost', async () => {
    const server = await realtime();
    const clock = new TestClock();
    const room = sdk(server, 'bob', { clock }).room('chat:lobby');
    const alice = sdk(server, 'alice').room('chat:lobby');
    await room.join();
    await alice.join();
    const shown = signal(room.typing, 'changed');
    alice.typing.signal();
    await shown;
    clock.pass(7_900);
    expect(room.typing.users.size).toBe(1);
    clock.pass(200);
    expect(room.typing.users.size).toBe(0);
  });
});

describe('a closed client', () => {
  it('has no timer left, whatever it was doing', async () => {
    const server = await realtime();
    const clock = new TestClock();
    const client = sdk(server, 'alice', { clock });
    const room = client.room('chat:lobby');
    await room.join();
    room.typing.signal();
    void room.presence;
    const request = client.request('move_card');
    const closed = client.close();
    await request.catch(() => undefined);
    await closed;
    expect(clock.pending).toBe(0);
  });
});
