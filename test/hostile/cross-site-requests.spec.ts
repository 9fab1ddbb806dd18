import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CanActivate, ExecutionContext } from '@nestjs/common';
import type { OriginRule } from '../../src';
import { HttpAnswer, knock, RawSocket, upgradeRequest } from '../support/raw-socket';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

afterEach(stopAll);

const EVIL = 'https://evil.example';
const cookie = (user = 'alice') => `access_token=${tokenFor(user)}`;

describe('a page of another site that connects with the cookie of who looks at it', () => {
  /** Whether it is let in as that user: the first frame. */
  async function connecting(origins: OriginRule, origin?: string) {
    const { port } = await realtime({ origins });
    const raw = await RawSocket.open(port);
    raw.write(
      upgradeRequest({
        headers: { Cookie: cookie(), Host: `127.0.0.1:${port}`, Origin: origin ?? `http://127.0.0.1:${port}` },
      }),
    );
    await raw.answer();
    const [first] = await raw.frames(1);
    raw.socket.destroy();
    return first.type;
  }

  it.each<[string, OriginRule]>([
    ["'*'", '*'],
    ['a function that admits all', () => true],
    ['a RegExp that admits all', [/^https?:/]],
    ["a list with a RegExp that admits all and 'null'", ['null', /./]],
  ])('is nobody under %s', async (_, origins) => {
    expect(await connecting(origins, EVIL)).toBe('auth_required');
  });

  it('is nobody when its origin is "null", as that of any sandboxed page', async () => {
    expect(await connecting(['null'], 'null')).toBe('auth_required');
    expect(await connecting((origin) => origin === 'null', 'null')).toBe('auth_required');
  });

  it.each<[string, OriginRule, string | undefined]>([
    ["of the same origin under '*'", '*', undefined],
    ['of the same origin by default', 'same', undefined],
    ['of a listed origin', ['https://app.example'], 'https://app.example'],
    ['of a listed origin beside a RegExp that admits all', ['https://app.example', /./], 'https://app.example'],
    ['that a RegExp names', [/^https:\/\/\w+\.app\.example$/], 'https://my.app.example'],
    ['that a function names', (origin) => origin === 'https://app.example', 'https://app.example'],
    ['that a function names which fails for others', namedOrFails, 'https://app.example'],
  ])('but one %s is that user', async (_, origins, origin) => {
    expect(await connecting(origins, origin)).toBe('auth_success');
  });

  it('is refused where a credential is required', async () => {
    const { port } = await realtime({ origins: '*', auth: { deferred: false } });
    expect((await knock(port, { headers: { Cookie: cookie(), Origin: EVIL } })).status).toBe(401);
  });
});

function namedOrFails(origin: string): boolean {
  if (origin === 'https://app.example') return true;
  throw new Error('no such tenant');
}

type Headers = Record<string, string | undefined>;

/** A request as a browser sends it, header by header. */
async function post(port: number, path: string, headers: Headers, body = '{}', method = 'POST'): Promise<HttpAnswer> {
  const raw = await RawSocket.open(port);
  const all: Headers = {
    Host: `127.0.0.1:${port}`,
    'Content-Type': 'application/json',
    'Content-Length': String(body.length),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}`));
  const answer = await raw.write([`${method} ${path} HTTP/1.1`, ...lines, '', body].join('\r\n')).answer();
  raw.socket.destroy();
  return answer;
}

/** Knows an administrator by a cookie. */
class CookieGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Headers }>();
    return headers.cookie?.includes('session=admin') === true || headers['x-key'] === 'sesame';
  }
}

const KICK = '/api/v1/websocket/users/bob/disconnect';
const SESSION = { Cookie: 'session=admin' };
const refusal = { status: 403, body: { code: 'forbidden', message: expect.stringContaining('"origins"') as string } };
const noJson = { status: 415, body: { code: 'unsupported_media_type' } };
const hosts = [
  ['Express', () => ({})],
  ['Fastify', () => ({ http: new FastifyAdapter() })],
] as const;

describe.each(hosts)('a change that an administrator’s cookie allows, under %s', (_name, http) => {
  async function opened(options: RealtimeTestOptions = {}) {
    const server = await realtime({ ...http(), admin: { guard: new CookieGuard() }, ...options });
    return { server, bob: await server.connect('bob') };
  }
  const own = ({ port }: Realtime) => `http://127.0.0.1:${port}`;

  it('is refused when a page of another site sends it, and nothing happens', async () => {
    const { server, bob } = await opened();
    const { port } = server;
    const others: Headers[] = [
      { 'Sec-Fetch-Site': 'cross-site', Origin: EVIL },
      { 'Sec-Fetch-Site': 'same-site', Origin: 'https://other.example' },
      { 'Sec-Fetch-Site': 'cross-site', Origin: own(server) },
      { 'Sec-Fetch-Site': 'none' },
      { Origin: EVIL },
      { Origin: 'null' },
      { Origin: `http://127.0.0.1:${port + 1}` },
      {},
    ];
    for (const headers of others) expect(await post(port, KICK, { ...SESSION, ...headers })).toMatchObject(refusal);
    await bob.settled();
  });

  it('is refused when it is not JSON, as a form can send', async () => {
    const { server, bob } = await opened();
    const same = { ...SESSION, 'Sec-Fetch-Site': 'same-origin', Origin: own(server) };
    const empty = await post(server.port, KICK, { ...same, 'Content-Type': undefined }, '');
    expect(empty).toMatchObject(noJson);
    const form = { ...same, 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await post(server.port, KICK, form, 'message=x')).status).toBe(415);
    await bob.settled();
  });

  it('is done when a page of the same origin sends it', async () => {
    const { server, bob } = await opened();
    const same = { ...SESSION, 'Sec-Fetch-Site': 'same-origin', Origin: own(server) };
    expect((await post(server.port, KICK, same)).status).toBe(200);
    expect((await bob.closed).code).toBe(4503);
    expect((await post(server.port, KICK, { ...SESSION, Origin: own(server) })).status).toBe(200);
  });

  it('is done when a page of a listed origin sends it', async () => {
    const { server } = await opened({ origins: ['https://ops.example'] });
    const listed = { ...SESSION, 'Sec-Fetch-Site': 'same-site', Origin: 'https://ops.example' };
    expect((await post(server.port, KICK, listed)).status).toBe(200);
    expect((await post(server.port, KICK, { ...listed, Origin: EVIL })).status).toBe(403);
  });

  it('needs none of it from a program that shows a key and no cookie', async () => {
    const { server, bob } = await opened();
    const key = { 'X-Key': 'sesame', 'Content-Type': undefined };
    expect((await post(server.port, KICK, key, '')).status).toBe(200);
    expect((await bob.closed).code).toBe(4503);
    expect((await post(server.port, KICK, { ...key, Origin: EVIL }, '')).status).toBe(403);
  });
});

describe('the routes of channels', () => {
  const CHANNELS = '/api/v1/websocket/channels';
  const channel = JSON.stringify({ name: 'The den' });
  const bearer = { Authorization: `Bearer ${tokenFor('alice')}` };

  it('take no cookie as credential', async () => {
    const { port } = await realtime();
    const same = { Cookie: cookie(), 'Sec-Fetch-Site': 'same-origin' };
    expect((await post(port, CHANNELS, same, channel)).status).toBe(401);
  });

  it('take a bearer token from anywhere, unless a cookie beside it may have become the token', async () => {
    const { port } = await realtime();
    const foreign = { ...bearer, Origin: EVIL, 'Sec-Fetch-Site': 'cross-site' };
    expect((await post(port, CHANNELS, foreign, channel)).status).toBe(201);
    const proxied = { ...foreign, Cookie: '_oauth2_proxy=x' };
    expect(await post(port, CHANNELS, proxied, channel)).toMatchObject(refusal);
    expect((await post(port, CHANNELS, { ...bearer, Cookie: 'lb=node-1' }, channel)).status).toBe(201);
    expect((await post(port, CHANNELS, { ...proxied, 'Content-Length': '0' }, '', 'GET')).status).toBe(200);
  });
});
