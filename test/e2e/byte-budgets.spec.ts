import type { Connection } from '../../src';
import type { TestClient } from '../support/client';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

const KIB = 1024;
const LARGE = 256 * KIB;
const filling = 'x'.repeat(LARGE - 100);

/** Nothing of what these clients send is too large: only its bytes are counted. */
const limited = (rateLimit: RealtimeTestOptions['rateLimit'], more: RealtimeTestOptions = {}) =>
  realtime({
    ...more,
    rateLimit: { userBytesPerSecond: 1e9, userBurstBytes: 1e9, burstBytes: LARGE, ...rateLimit },
  });

function connectionsOf(server: Realtime, userId: string): Connection[] {
  return [...server.connections.ofUser(userId)];
}

const isPaused = (server: Realtime, userId: string) =>
  connectionsOf(server, userId).some(({ intake }) => intake.paused);

const paused = (server: Realtime, userId: string) => until(() => isPaused(server, userId), 'a socket that is not read');

async function echoMs(client: TestClient): Promise<number> {
  const start = performance.now();
  const reply = await client.request('echo', { filling });
  expect([reply.type, reply.data]).toEqual(['echo', { filling }]);
  return performance.now() - start;
}

describe('the bytes of a connection', () => {
  it('pass at once up to one largest message; then the socket rests until they are paid back', async () => {
    const server = await limited({ bytesPerSecond: LARGE });
    const [alice, bob] = [await server.connect('alice'), await server.connect('bob')];
    const first = await echoMs(alice);
    expect(isPaused(server, 'alice')).toBe(false);
    const resting = paused(server, 'alice');
    const second = echoMs(alice);
    await resting;
    // The second message is owed for a second, but for what flowed in since the first and the last 64 KiB read.
    expect(first + (await second)).toBeGreaterThan(700);
    await echoMs(bob);
    expect(isPaused(server, 'bob')).toBe(false);
  });

  it('are owed, not refused: all messages are answered, in their order', async () => {
    const server = await limited({ bytesPerSecond: 2 * LARGE });
    const alice = await server.connect('alice');
    for (let n = 0; n < 4; n++) alice.send('echo', { filling, n });
    for (let n = 0; n < 4; n++) expect((await alice.next('echo')).data.n).toBe(n);
  });

  it('count, where they are compressed, as what they are in memory', async () => {
    const server = await limited({ bytesPerSecond: LARGE }, { compression: { enabled: true } });
    const alice = await server.connect('alice');
    expect(alice.ws.extensions).toBe('permessage-deflate');
    await echoMs(alice);
    const resting = paused(server, 'alice');
    const second = echoMs(alice);
    await resting;
    await second;
    expect(await echoMs(alice)).toBeGreaterThan(400);
  });

  it('count before their message is whole', async () => {
    const server = await limited({ bytesPerSecond: 8 * KIB, burstBytes: 16 * KIB });
    const alice = await server.connect('alice');
    alice.ws.send('{"type":"echo","data":{"filling":"', { fin: false });
    for (let i = 0; i < 100; i++) alice.ws.send('x'.repeat(1024), { fin: false });
    await paused(server, 'alice');
    expect(connectionsOf(server, 'alice')[0].messagesReceived).toBe(0);
  });
});

describe('the bytes of a user', () => {
  const rateLimit = { bytesPerSecond: 1e9, userBytesPerSecond: LARGE, userBurstBytes: LARGE };

  it('are those of all its connections', async () => {
    const server = await limited(rateLimit);
    const [one, other] = [await server.connect('alice'), await server.connect('alice')];
    const bob = await server.connect('bob');
    await echoMs(one);
    const second = await echoMs(other);
    expect(second).toBeGreaterThan(400);
    expect(await echoMs(bob)).toBeLessThan(second);
  });

  it('are not forgotten with its last connection', async () => {
    const server = await limited({ ...rateLimit, userBytesPerSecond: 1024 });
    const first = await server.connect('alice');
    first.send('echo', { filling });
    first.send('echo', { filling });
    await paused(server, 'alice');
    first.drop();
    await server.rooms.disconnectUser('alice');
    await until(() => connectionsOf(server, 'alice').length === 0, 'the end of the connection');
    const again = await server.connect('alice');
    again.send('ping');
    await paused(server, 'alice');
  });
});

describe('a socket that is not read', () => {
  const slow = { bytesPerSecond: 64, burstBytes: 1024 };
  const overBudget = async (server: Realtime): Promise<TestClient> => {
    const alice = await server.connect('alice');
    alice.send('ping', { filling: 'x'.repeat(2 * KIB) });
    await paused(server, 'alice');
    return alice;
  };

  it('is not taken for dead', async () => {
    const server = await limited(slow, { heartbeat: { intervalMs: 300, timeoutMs: 900 } });
    const alice = await overBudget(server);
    const start = Date.now();
    await until(() => Date.now() - start > 2_000, 'the timeout is over');
    expect([alice.connected, connectionsOf(server, 'alice').length]).toEqual([true, 1]);
  });

  it('still gets what is sent to it, and is closed by an administrator', async () => {
    const server = await limited(slow);
    const alice = await overBudget(server);
    await server.events.emit('task.created', { id: 't1' }, { user: 'alice' });
    await alice.next('task.created');
    await server.rooms.disconnectUser('alice');
    expect((await alice.closed).code).toBe(4503);
  });
});
