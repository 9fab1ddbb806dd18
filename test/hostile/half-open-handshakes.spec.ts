import { once } from 'node:events';
import type { Server } from 'node:http';
import { AddressInfo, createServer, Socket } from 'node:net';
import { knock, RawSocket, upgradeRequest } from '../support/raw-socket';
import { realtime, RealtimeTestOptions, stopAll } from '../support/realtime';

afterEach(stopAll);

const TIMEOUT_MS = 300;
/** Without a limit, Node would wait for a minute. */
const PATIENCE_MS = 10_000;
const server = (options: RealtimeTestOptions = {}) =>
  realtime({ connections: { handshakeTimeoutMs: TIMEOUT_MS }, ...options });

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}

describe('a half-open handshake', () => {
  it('is cut in time when its client connects once more from the same port', async () => {
    const { port } = await server({ address: '0.0.0.0' });
    const from = { localAddress: '127.0.0.1', localPort: await freePort() };
    const hidden = await RawSocket.open(port, from);
    const cover = await RawSocket.open(port, { ...from, host: '127.0.0.2' });
    cover.write(upgradeRequest());
    expect((await cover.answer()).status).toBe(101);
    await hidden.ended;
    expect(hidden.openForMs).toBeLessThan(PATIENCE_MS);
    cover.socket.destroy();
  });

  it('does not hold up a server that shuts down', async () => {
    const { port, app } = await server();
    const slow = await RawSocket.open(port);
    slow.write('GET /ws HTTP/1.1\r\n');
    await knock(port);
    const closing = app.close();
    await slow.ended;
    expect(slow.openForMs).toBeLessThan(PATIENCE_MS);
    await closing;
  });
});

describe('an upgrade on a path that nobody knows', () => {
  /** An application with a listener of its own, for its own path. */
  async function withListener() {
    const { app, port } = await server();
    (app.getHttpServer() as Server).on('upgrade', (request, socket: Socket) => {
      if (request.url !== '/theirs') return;
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: theirs\r\n\r\n');
      socket.resume().on('end', () => socket.end());
    });
    return port;
  }

  it('is answered 404 in time beside another listener, which keeps its own sockets', async () => {
    const port = await withListener();
    const theirs = await RawSocket.open(port);
    theirs.write(upgradeRequest({ target: '/theirs' }));
    const unknown = await RawSocket.open(port);
    unknown.write(upgradeRequest({ target: '/nowhere' }));
    expect(await unknown.answer()).toMatchObject({ status: 404, body: { code: 'not_found' } });
    await unknown.ended;
    expect(theirs.text).toMatch(/^HTTP\/1.1 101/);
    expect(theirs.socket.readyState).toBe('open');
    theirs.socket.destroy();
  });

  it('is answered 404 in time on a connection that was answered before', async () => {
    const port = await withListener();
    const raw = await RawSocket.open(port);
    raw.write('GET /there HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await raw.answer()).status).toBe(404);
    raw.text = '';
    raw.write(upgradeRequest({ target: '/nowhere' }));
    expect(await raw.answer()).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

describe('an upgrade in the last moment of a shutdown', () => {
  it('is told that the server shuts down', async () => {
    const { app, port } = await server({ connections: {} });
    const late = await RawSocket.open(port);
    const request = upgradeRequest();
    late.write(request.slice(0, 20));
    await knock(port);
    const closing = app.close();
    const http = app.getHttpServer() as Server;
    while (http.listening) await new Promise((resolve) => setImmediate(resolve));
    late.write(request.slice(20));
    expect(await late.answer()).toMatchObject({ status: 503, body: { code: 'server_shutdown' } });
    await closing;
  });
});
