import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { createRealtimeClient, type RealtimeClientOptions, type StateChange } from '../../src/client';
import { HostileProxy, stopHostileProxies } from '../support/hostile-proxy';
import { realtime, stopAll } from '../support/realtime';
import { BrowserSocket, closeClients, sdk, signal } from '../support/sdk';
import { tokenFor } from '../support/tokens';
import { until } from '../support/until';

const servers: { close(): void }[] = [];

afterEach(async () => {
  await closeClients();
  await stopHostileProxies();
  await stopAll();
  for (const server of servers.splice(0)) server.close();
  const global = globalThis as { document?: unknown; addEventListener?: unknown; removeEventListener?: unknown };
  delete global.document;
  delete global.addEventListener;
  delete global.removeEventListener;
});

/** The states a client goes through from here on. */
function statesOf(client: { on(name: 'state', listener: (change: StateChange) => void): unknown }): string[] {
  const states: string[] = [];
  client.on('state', ({ state }) => states.push(state));
  return states;
}

describe('a client', () => {
  it('is idle until it is used, then connecting, connected, and closed when it is closed', async () => {
    const server = await realtime();
    const client = sdk(server, 'alice');
    const states = statesOf(client);
    expect([client.state, client.userId, server.connections.size]).toEqual(['idle', undefined, 0]);
    await client.connect();
    expect([client.state, client.userId]).toEqual(['connected', 'alice']);
    await client.close();
    await until(() => server.connections.size === 0, 'the end of the connection');
    expect(states).toEqual(['connecting', 'connected', 'closed']);
  });

  it('connects again after it was closed, and is in its rooms again', async () => {
    const server = await realtime();
    const client = sdk(server, 'alice');
    await client.room('project:42').join();
    await client.close();
    const joined = signal(client.room('project:42'), 'joined');
    await client.connect();
    await joined;
    expect(await server.rooms.isMember('project:42', 'alice')).toBe(true);
  });

  it('that is closed does nothing any more until it is told to connect', async () => {
    const client = sdk(await realtime(), 'alice');
    await client.close();
    expect(client.state).toBe('closed');
    const room = client.room('project:42');
    void room.join();
    await expect(room.join()).rejects.toMatchObject({ code: 'closed' });
    await expect(room.publish('task.created', { id: 't1' })).rejects.toMatchObject({ code: 'closed' });
    await client.connect();
    await room.join();
  });

  it('connects at its first request', async () => {
    const client = sdk(await realtime(), 'alice');
    expect(await client.request('echo', { n: 1 })).toEqual({ n: 1 });
  });

  it('takes an address of http for one of ws, as a page knows its own', async () => {
    const server = await realtime();
    await sdk({ url: server.url.replace('ws:', 'http:') }, 'alice').connect();
    expect(server.connections.size).toBe(1);
  });

  it('shows its token in the handshake, so that nothing is waited for', async () => {
    const server = await realtime({ auth: { deferred: false } });
    await expect(sdk(server, 'alice').connect()).resolves.toBeUndefined();
  });

  it('shows a token that fits no handshake in a frame', async () => {
    const authenticate = ({ token }: { token: string }) => ({ userId: token, roles: [] });
    const server = await realtime({ auth: { authenticator: { authenticate } as never } });
    const client = sdk(server, 'alice', { token: () => 'Ålice, in person' });
    await client.connect();
    expect(client.userId).toBe('Ålice, in person');
  });

  it('says what to hand in where there is no WebSocket', () => {
    const here = globalThis as { WebSocket?: unknown };
    const had = here.WebSocket;
    delete here.WebSocket;
    try {
      expect(() => createRealtimeClient({ url: 'ws://127.0.0.1/ws' })).toThrow(/Hand in one/);
    } finally {
      if (had) here.WebSocket = had;
    }
  });

  it('without a token, where the server wants one, is closed for good', async () => {
    const client = createRealtimeClient({ url: (await realtime()).url, WebSocket });
    const message = 'The client is closed: the server wants a token.';
    await expect(client.connect()).rejects.toMatchObject({ code: 'closed', message });
    expect(client.state).toBe('closed');
  });

  it('whose address is none is closed, with the reason', async () => {
    const client = sdk({ url: 'nowhere' }, 'alice');
    const closed = signal<StateChange>(client, 'closed');
    await expect(client.connect()).rejects.toMatchObject({ code: 'closed' });
    expect((await closed).error).toBeInstanceOf(SyntaxError);
  });

  it('closed while it connects leaves nothing behind', async () => {
    const server = await realtime();
    for (const token of [() => tokenFor('alice'), () => new Promise<string>(() => undefined)]) {
      const client = sdk(server, 'alice', { token });
      const connected = client.connect();
      await client.close();
      await expect(connected).rejects.toMatchObject({ code: 'closed' });
    }
    await until(() => server.connections.size === 0, 'the end of the connections');
  });
});

describe('a client that lost its connection', () => {
  it('comes back by itself, as often as it takes', async () => {
    const server = await realtime();
    const proxy = await HostileProxy.to(server.port);
    const client = sdk(proxy, 'alice');
    await client.connect();
    const states = statesOf(client);
    proxy.refuse();
    proxy.drop();
    await until(() => proxy.accepted >= 4, 'three attempts');
    proxy.heal();
    await signal(client, 'connected');
    expect(states.slice(0, 3)).toEqual(['reconnecting', 'reconnecting', 'reconnecting']);
    expect(client.state).toBe('connected');
  });

  it('waits longer and longer, at random, up to the longest wait', async () => {
    const client = sdk({ url: 'ws://127.0.0.1:1/ws' }, 'alice', { backoff: { baseMs: 2, maxMs: 16 } });
    const waits: number[] = [];
    client.on('reconnecting', ({ retryInMs }) => waits.push(retryInMs!));
    void client.connect();
    await until(() => waits.length === 40, 'forty attempts');
    const bounds = [2, 4, 8, 16];
    expect(waits.every((wait, n) => wait <= (bounds[n] ?? 16))).toBe(true);
    expect(Math.max(...waits)).toBeGreaterThan(8);
    expect(new Set(waits).size).toBe(waits.length);
  });

  it('comes back when a restarting server said, and not before', async () => {
    const server = await realtime({ drain: { windowMs: 200 } });
    const client = sdk(server, 'alice');
    await client.connect();
    const reconnecting = signal<StateChange>(client, 'reconnecting');
    const closing = server.app.close();
    const { code, retryInMs } = await reconnecting;
    await closing;
    expect(code).toBe(1012);
    expect(Number.isInteger(retryInMs) && retryInMs! < 200).toBe(true);
  });

  it('notices a link that carries nothing any more within one and a half heartbeats', async () => {
    const server = await realtime({ heartbeat: { intervalMs: 1_000, timeoutMs: 60_000 } });
    const proxy = await HostileProxy.to(server.port);
    const client = sdk(proxy, 'alice');
    await client.connect();
    proxy.hang();
    const hungAt = performance.now();
    const { reason } = await signal<StateChange>(client, 'reconnecting');
    expect(reason).toBe('the link is dead');
    expect(performance.now() - hungAt).toBeLessThan(1_000 * 1.5 + 500);
    await signal(client, 'connected');
  });

  it('keeps a link that is only silent', async () => {
    const server = await realtime({ heartbeat: { intervalMs: 40, timeoutMs: 60_000 } });
    const client = sdk(server, 'alice');
    await client.connect();
    const [connection] = server.connections;
    const states = statesOf(client);
    await until(() => connection.messagesReceived >= 4, 'four pings');
    expect(states).toEqual([]);
  });
});

describe('a client whose device wakes up', () => {
  it('comes back at once, and asks whether its link still lives', async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    const window = new EventTarget();
    Object.assign(globalThis, {
      document: page,
      addEventListener: window.addEventListener.bind(window),
      removeEventListener: window.removeEventListener.bind(window),
    });
    const server = await realtime();
    const proxy = await HostileProxy.to(server.port);
    const client = sdk(proxy, 'alice', { backoff: { baseMs: 3_600_000, maxMs: 3_600_000 } });
    await client.connect();
    proxy.drop();
    await signal(client, 'reconnecting');
    const connected = signal(client, 'connected');
    window.dispatchEvent(new Event('online'));
    await connected;

    const [connection] = server.connections;
    page.dispatchEvent(new Event('visibilitychange'));
    await until(() => connection.messagesReceived === 1, 'a ping');
  });
});

describe('what the server says at the door', () => {
  async function refusing(status: number, headers: Record<string, string> = {}): Promise<{ url: string }> {
    const server = createServer();
    server.on('upgrade', (_, socket) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${status} No\r\n${lines.join('')}Content-Length: 0\r\nConnection: close\r\n\r\n`);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    servers.push(server);
    return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws` };
  }

  it('is waited for as long as `Retry-After` says', async () => {
    const client = sdk(await refusing(503, { 'Retry-After': '7' }), 'alice', { backoff: { baseMs: 1, maxMs: 1 } });
    void client.connect();
    const { retryInMs } = await signal<StateChange>(client, 'reconnecting');
    expect(Math.floor(retryInMs! / 1000)).toBe(7);
  });

  it.each([400, 401, 403, 404])('is final for %i', async (status) => {
    const client = sdk(await refusing(status), 'alice');
    const message = `The client is closed: HTTP ${status}.`;
    await expect(client.connect()).rejects.toMatchObject({ code: 'closed', message });
  });

  it('is found out where a browser does not tell: the next attempt shows the token in a frame', async () => {
    const client = sdk(await realtime(), 'alice', { token: () => 'no.good', WebSocket: BrowserSocket });
    const closed = signal<StateChange>(client, 'closed');
    await expect(client.connect()).rejects.toMatchObject({ code: 'closed' });
    expect(await closed).toMatchObject({ code: 4501, error: { code: 'unauthorized' } });
  });
});

describe('a close code', () => {
  /** A server that welcomes everyone and closes them with this code. */
  async function closing(code: number): Promise<RealtimeClientOptions> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    servers.push(server);
    server.on('connection', (socket) => {
      const login = {
        connection_id: 'c',
        user_id: 'alice',
        expires_at: null,
        heartbeat_ms: 1e6,
        max_message_bytes: 1e6,
      };
      socket.send(JSON.stringify({ type: 'auth_success', data: login, message_id: 'm', timestamp: '' }));
      setImmediate(() => socket.close(code));
    });
    await new Promise((done) => server.once('listening', done));
    return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws` };
  }

  it.each([1002, 1003, 1007, 1008, 1009, 4500, 4501, 4503, 4999])('%i is final', async (code) => {
    const client = sdk(await closing(code), 'alice');
    void client.connect();
    expect(await signal<StateChange>(client, 'closed')).toMatchObject({ code });
    await expect(client.request('ping')).rejects.toMatchObject({ code: 'closed' });
  });

  it.each([1000, 1001, 1011, 1012, 4000, 4001, 4008, 4029, 4499])('%i is not', async (code) => {
    const client = sdk(await closing(code), 'alice');
    void client.connect();
    expect(await signal<StateChange>(client, 'reconnecting')).toMatchObject({ code });
    await signal(client, 'connected');
  });
});
