import type { TestClient } from '../support/client';
import { stopAll } from '../support/realtime';
import { nodesOn } from '../support/redis-nodes';
import { RedisServer, stopRedis } from '../support/redis-server';

let server: RedisServer;

beforeAll(async () => {
  server = await RedisServer.start();
});

afterEach(stopAll);
afterAll(stopRedis);

async function heard(client: TestClient, count: number) {
  const frames = [];
  for (let i = 0; i < count; i++) frames.push(await client.next('task.created'));
  return frames.map(({ offset, data }) => [offset, data.n]);
}

describe('two nodes on one Redis', () => {
  it('say the same to clients of both: in one order, with the same offsets', async () => {
    const [one, two] = await nodesOn([server.url, server.url]);
    const [alice, bob] = [await one.connect('alice'), await two.connect('bob')];
    const { epoch } = await alice.join('project:1');
    expect(await bob.join('project:1')).toMatchObject({ epoch, offset: 0 });
    const emitted = Array.from({ length: 20 }, (_, i) => {
      const { events } = i % 2 ? one : two;
      return events.emit('task.created', { n: i }, { room: 'project:1' });
    });
    await Promise.all(emitted);
    const all = await heard(alice, 20);
    expect(await heard(bob, 20)).toEqual(all);
    expect(all.map(([offset]) => offset)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('reach users and everyone, wherever they are', async () => {
    const [one, two] = await nodesOn([server.url, server.url]);
    const [alice, bob] = [await one.connect('alice'), await two.connect('bob')];
    for (const client of [alice, bob]) await client.settled();
    await one.events.emit('task.created', { n: 1 }, { user: 'bob' });
    expect(await heard(bob, 1)).toEqual([[1, 1]]);
    await two.events.emit('task.created', { n: 2 }, { all: true });
    expect(await heard(alice, 1)).toEqual([[undefined, 2]]);
    expect(await heard(bob, 1)).toEqual([[undefined, 2]]);
  });

  it('bring a client that comes back to the other one what it missed, and page the same history', async () => {
    const [one, two] = await nodesOn([server.url, server.url]);
    const emit = (n: number) => one.events.emit('task.created', { n }, { room: 'project:1', exceptUser: 'bob' });
    const alice = await one.connect('alice');
    const { epoch } = await alice.join('project:1');
    await emit(1);
    expect(await heard(alice, 1)).toEqual([[1, 1]]);
    alice.drop();
    await emit(2);
    await emit(3);
    const again = await two.connect('alice');
    const joined = await again.join('project:1', { epoch, offset: 1 });
    expect(joined).toEqual({ room: 'project:1', epoch, offset: 3, recovered: true, replayed: 2 });
    await emit(4);
    expect(await heard(again, 3)).toEqual([2, 3, 4].map((n) => [n, n]));
    const page = await again.request<'history'>('history', { room: 'project:1', limit: 2 });
    expect(page.data).toMatchObject({ epoch, offset: 4, has_more: true });
    expect(page.data.messages.map(({ type, offset }) => [type, offset])).toEqual([
      ['task.created', 4],
      ['task.created', 3],
    ]);
    const bob = await two.connect('bob');
    await bob.join('project:1');
    const his = await bob.request<'history'>('history', { room: 'project:1', limit: 1 });
    expect(his.data.messages[0].type).toBe('omitted');
  });

  it('execute a command once that is sent again to the other one', async () => {
    const [one, two] = await nodesOn([server.url, server.url]);
    const [alice, elsewhere] = [await one.connect('alice'), await two.connect('alice')];
    await alice.join('lobby');
    await elsewhere.join('lobby');
    const said = { room: 'lobby', text: 'once' };
    const replies = await Promise.all([alice, elsewhere].map((client) => client.request('chat', said, 'id-1')));
    expect(replies.map(({ type }) => type)).toEqual(['ack', 'ack']);
    expect(replies[1].data).toEqual(replies[0].data);
    expect((await alice.request('chat', said, 'id-1')).data).toEqual(replies[0].data);
    await elsewhere.request('chat', { ...said, text: 'another' }, 'id-2');
    const texts = [await alice.next('chat'), await alice.next('chat')].map(({ data }) => data.text);
    expect(texts).toEqual(['once', 'another']);
    expect(alice.unread).toEqual([]);
  });

  it('count what a user sends to both', async () => {
    const options = { rateLimit: { perUser: { perSecond: 0.5, burst: 5 } } };
    const [one, two] = await nodesOn([server.url, server.url], options);
    const [alice, elsewhere, bob] = [await one.connect('alice'), await two.connect('alice'), await two.connect('bob')];
    for (let i = 0; i < 3; i++) await alice.settled();
    for (let i = 0; i < 2; i++) await elsewhere.settled();
    const refusal = await elsewhere.refusal('ping');
    expect(refusal.code).toBe('rate_limited');
    expect(refusal.retry_after_ms).toBeGreaterThan(1000);
    expect(refusal.retry_after_ms).toBeLessThanOrEqual(2000);
    expect((await alice.refusal('ping')).code).toBe('rate_limited');
    await bob.settled();
  });
});
