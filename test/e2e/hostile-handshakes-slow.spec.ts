import { Controller, Get } from '@nestjs/common';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Authenticator, Identity } from '../../src';
import { TestClient } from '../support/client';
import { RawSocket, upgradeRequest } from '../support/raw-socket';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

afterEach(stopAll);

const TIMEOUT_MS = 300;
/** Without us, Node would wait for a minute and more. */
const PATIENCE_MS = 4_000;
const slow = (options: RealtimeTestOptions = {}) =>
  realtime({ connections: { handshakeTimeoutMs: TIMEOUT_MS }, ...options });

/** TLS by a key both sides know: a test needs no certificate. */
const psk = Buffer.from('a key both know');
const TLS = { ciphers: 'PSK', maxVersion: 'TLSv1.2' as const };
const https = { ...TLS, pskCallback: () => psk } as RealtimeTestOptions['https'];
const tlsClient = { ...TLS, pskCallback: () => ({ psk, identity: 'test' }), rejectUnauthorized: false };

/** How long the server let this client be; it sends a character of `text` every 30 ms. */
async function patience(raw: RawSocket, text = ''): Promise<number> {
  let sent = 0;
  const dribble = setInterval(() => raw.write(text.charAt(sent++)), 30);
  await raw.ended;
  clearInterval(dribble);
  return raw.openForMs;
}

const aHealthyPing = async ({ connect, log }: Realtime) => {
  await (await connect('alice')).settled();
  expect(log.of('error')).toEqual([]);
};

@Controller('neighbour')
class Neighbour {
  @Get()
  get() {
    return 'there';
  }
}

describe('a client that begins and does not finish', () => {
  it.each([
    ['says nothing', ''],
    ['sends its headers letter by letter', upgradeRequest({ target: `/ws?token=${tokenFor('mallory')}` })],
    ['never ends its headers', `GET /ws HTTP/1.1\r\nHost: x\r\nX-Pad: ${'x'.repeat(2_000)}`],
  ])('and %s is cut in time', async (_, text) => {
    const server = await slow();
    const lasted = await patience(await RawSocket.open(server.port), text);
    expect(lasted).toBeGreaterThanOrEqual(TIMEOUT_MS - 5);
    expect(lasted).toBeLessThan(PATIENCE_MS);
    await aHealthyPing(server);
  });

  it('a second request on its connection is cut in time, too', async () => {
    const server = await slow({ host: { controllers: [Neighbour] } });
    const raw = await RawSocket.open(server.port);
    raw.write('GET /neighbour HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await raw.answer()).body).toBe('there');
    expect(await patience(raw, upgradeRequest())).toBeLessThan(PATIENCE_MS);
    await aHealthyPing(server);
  });

  it('but is only idle between two requests is left alone', async () => {
    const server = await slow({ host: { controllers: [Neighbour] } });
    const raw = await RawSocket.open(server.port);
    const get = 'GET /neighbour HTTP/1.1\r\nHost: x\r\n\r\n';
    raw.write(get);
    await raw.answer();
    const cut = await RawSocket.open(server.port);
    await patience(cut);
    await patience(await RawSocket.open(server.port));
    raw.text = '';
    raw.write(get);
    expect((await raw.answer()).body).toBe('there');
    raw.text = '';
    raw.write(upgradeRequest());
    expect((await raw.answer()).status).toBe(101);
    raw.socket.destroy();
  });

  it('its TLS handshake is cut in time', async () => {
    const server = await slow({ https });
    for (const text of ['', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03']) {
      const lasted = await patience(await RawSocket.open(server.port), text);
      expect(lasted).toBeGreaterThanOrEqual(TIMEOUT_MS - 5);
      expect(lasted).toBeLessThan(PATIENCE_MS);
    }
    const url = `wss://127.0.0.1:${server.port}/ws?token=${tokenFor('alice')}`;
    const alice = await TestClient.open(url, tlsClient);
    await patience(await RawSocket.open(server.port));
    await alice.settled();
    alice.drop();
  });
});

describe('a client that sends while its token is verified', () => {
  class Hanging extends Authenticator {
    asked!: () => void;
    readonly isAsked = new Promise<void>((resolve) => (this.asked = resolve));

    override authenticate(): Promise<Identity> {
      this.asked();
      return new Promise(() => undefined);
    }
  }

  it('is not read, however much it sends', async () => {
    const authenticator = new Hanging();
    const server = await slow({ auth: { authenticator } });
    const accepted = once(server.app.getHttpServer() as Server, 'connection') as Promise<[Socket]>;
    const raw = await RawSocket.open(server.port);
    const [socket] = await accepted;
    raw.write(upgradeRequest({ target: '/ws?token=t' }));
    await authenticator.isAsked;
    raw.write(Buffer.alloc(20_000_000));
    expect((await raw.answer()).status).toBe(503);
    const read = socket.bytesRead;
    expect(read).toBeLessThan(1_000_000);
    await raw.ended;
    raw.socket.destroy();
  });

  it('and is gone before that is done leaves nothing behind', async () => {
    const authenticator = new Hanging();
    const { port, connections, log } = await slow({ auth: { authenticator } });
    const raw = await RawSocket.open(port);
    raw.write(upgradeRequest({ target: '/ws?token=t' }));
    await authenticator.isAsked;
    expect(connections.countOfAddress('127.0.0.1')).toBe(1);
    raw.reset();
    await patience(await RawSocket.open(port));
    await patience(await RawSocket.open(port));
    expect(connections.countOfAddress('127.0.0.1')).toBe(0);
    expect(log.text).not.toContain('token=');
  });
});
