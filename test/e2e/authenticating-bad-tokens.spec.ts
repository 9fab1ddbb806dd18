import { createHash } from 'node:crypto';
import { base64, forge, hs256, inAnHour, rs256, rsaKeys, withClaims } from '../support/forged-tokens';
import { knock } from '../support/raw-socket';
import { Realtime, realtime, stopAll } from '../support/realtime';
import { SECRET } from '../support/tokens';

const claims = { sub: 'mallory', exp: inAnHour(), iss: 'https://issuer', aud: 'realtime' };
const alg = 'HS256';
const good = forge({ alg }, claims);
const [header, payload, signature] = good.split('.');
const rsa = rsaKeys();
const now = Math.floor(Date.now() / 1000);

const of = (more: object) => withClaims({ ...claims, ...more });
const refused = (why: string) => ({ code: 'unauthorized', message: `The token is refused: ${why}.` });
const notValid = refused('it is not valid');
const noClaims = refused('it holds no claims');
const noSubject = refused('"sub" must be a string of 1..128 characters');
const noExpiry = refused('"exp" is required, in seconds since 1970');
const tooLong = refused('it is empty or too long');

const BAD: [string, string, object][] = [
  ['of algorithm none, unsigned', forge({ alg: 'none' }, claims, () => Buffer.alloc(0)), notValid],
  ['of algorithm None, with a signature', forge({ alg: 'None' }, claims), notValid],
  ['without an algorithm', forge({}, claims), notValid],
  ['of an algorithm that is a list', forge({ alg: [alg] }, claims), notValid],
  ['of another HS algorithm', forge({ alg: 'HS512' }, claims, hs256(SECRET, 'sha512')), notValid],
  ['of a public-key algorithm', forge({ alg: 'RS256' }, claims, rs256(rsa.privateKey)), notValid],
  ['signed with another secret', forge({ alg }, claims, hs256('another secret, of more than 32 bytes')), notValid],
  ['signed with an empty secret', forge({ alg }, claims, hs256('')), notValid],
  [
    'signed with a hash and no secret',
    forge({ alg }, claims, (input) => createHash('sha256').update(input).digest()),
    notValid,
  ],
  ['that has expired', of({ exp: now - 1 }), refused('it has expired')],
  ['that expired before 1970', of({ exp: -1e300 }), refused('it has expired')],
  ['that is not yet valid', of({ nbf: now + 60 }), notValid],
  ['whose beginning is no number', of({ nbf: 'now' }), notValid],
  ['of another issuer', of({ iss: 'https://evil' }), notValid],
  ['without an issuer', of({ iss: undefined }), notValid],
  ['whose issuer is a list', of({ iss: ['https://issuer'] }), notValid],
  ['for another audience', of({ aud: ['elsewhere'] }), notValid],
  ['for no audience', of({ aud: undefined }), notValid],
  ['without a subject', of({ sub: undefined }), noSubject],
  ['of an empty subject', of({ sub: '' }), noSubject],
  ['of a subject that is a number', of({ sub: 42 }), noSubject],
  ['of a subject that is a list', of({ sub: ['mallory'] }), noSubject],
  ['of a subject that is an object', of({ sub: { toString: 'mallory' } }), noSubject],
  ['of a subject of 129 characters', of({ sub: 'm'.repeat(129) }), noSubject],
  ['of a subject with U+0000', of({ sub: 'mal\0lory' }), noSubject],
  ['of a subject with half a surrogate pair', of({ sub: '\ud800' }), noSubject],
  ['that never expires', of({ exp: undefined }), noExpiry],
  ['that expires in text', of({ exp: String(inAnHour()) }), notValid],
  ['that expires null', of({ exp: null }), notValid],
  ['that expires after the end of time', of({ exp: 1e300 }), noExpiry],
  ['that expires in milliseconds', of({ exp: Date.now() * 1e4 }), noExpiry],
  ['cut in its signature', good.slice(0, -1), notValid],
  ['cut in its payload', `${header}.${payload.slice(0, 20)}`, notValid],
  ['without a signature', `${header}.${payload}.`, notValid],
  ['without a header', `.${payload}.${signature}`, notValid],
  [
    'whose claims were changed',
    `${header}.${base64(JSON.stringify({ ...claims, sub: 'admin' }))}.${signature}`,
    notValid,
  ],
  ['with a part too many', `${good}.${signature}`, notValid],
  ['that is only dots', '..', notValid],
  ['of nothing but spaces', '%20%20', notValid],
  ['named __proto__', '__proto__', notValid],
  ['of 10 KB', of({ pad: 'x'.repeat(8_000) }), tooLong],
];

const BAD_PAYLOADS: [string, string, object][] = [
  ['null', forge({ alg }, null), notValid],
  ['null, and says nothing of its type', forge({ alg, typ: undefined }, null), noClaims],
  ['a list', forge({ alg }, [claims]), noClaims],
  ['a number', forge({ alg }, 5), noClaims],
  ['a text', forge({ alg }, '"mallory"'), noClaims],
  ['a truth', forge({ alg }, true), noClaims],
  ['no JSON', forge({ alg }, '{"sub":'), notValid],
  ['nothing', forge({ alg }, ''), notValid],
  ['nothing in an object', forge({ alg }, {}), noSubject],
];

describe('a well signed token', () => {
  let server: Realtime;
  beforeAll(async () => {
    server = await realtime();
  });
  afterAll(stopAll);

  it.each(BAD_PAYLOADS)('that holds %s is refused', async (_, token, body) => {
    expect(await knock(server.port, { target: `/ws?token=${token}` })).toMatchObject({ status: 401, body });
    const client = await server.open();
    expect((await client.request('authenticate', { token })).data).toEqual(body);
    expect((await client.closed).code).toBe(4501);
    expect(server.log.of('error')).toEqual([]);
  });
});

describe('a token', () => {
  let server: Realtime;
  let linesAtBoot: number;
  beforeAll(async () => {
    server = await realtime({ auth: { issuer: 'https://issuer', audience: ['realtime', 'chat'] } });
    linesAtBoot = server.log.lines.length;
  });
  afterAll(stopAll);

  it('is taken when all is well with it', async () => {
    const { status } = await knock(server.port, { target: `/ws?token=${good}` });
    expect(status).toBe(101);
  });

  it.each(BAD)('%s is refused with 401, and nothing of it is logged', async (_, token, body) => {
    const answer = await knock(server.port, { target: `/ws?token=${token}` });
    expect(answer).toMatchObject({ status: 401, body });
    expect(server.log.lines.slice(linesAtBoot)).toEqual([]);
  });

  it.each(BAD)('%s is refused with auth_failed and 4501', async (_, token, body) => {
    const client = await server.open();
    client.send('authenticate', { token: decodeURIComponent(token) });
    if (token.length > 4_000) return expect((await client.closed).code).toBe(1009);
    expect((await client.next('auth_failed')).data).toEqual(body);
    expect((await client.closed).code).toBe(4501);
  });

  it('of 100 KB is refused before it is read', async () => {
    const { status } = await knock(server.port, { target: `/ws?token=${'x'.repeat(100_000)}` });
    expect(status).toBe(431);
  });

  it('cannot choose where its key comes from', async () => {
    const jwk = rsa.publicKey.export({ format: 'jwk' });
    const lures = { kid: '../../dev/null', jku: 'http://127.0.0.1:1/', x5u: 'http://127.0.0.1:1/', jwk, x5c: ['MII='] };
    const own = forge({ alg: 'RS256', ...lures }, claims, rs256(rsa.privateKey));
    expect(await knock(server.port, { target: `/ws?token=${own}` })).toMatchObject({ status: 401, body: notValid });
    const ours = forge({ alg, ...lures }, claims);
    expect((await knock(server.port, { target: `/ws?token=${ours}` })).status).toBe(101);
  });

  it('is refused again once it has expired, though it was remembered', async () => {
    const token = of({ exp: Math.floor(Date.now() / 1000) + 1 });
    const first = await server.open(`?token=${token}`);
    expect((await first.closed).code).toBe(4001);
    expect(await knock(server.port, { target: `/ws?token=${token}` })).toMatchObject({
      status: 401,
      body: refused('it has expired'),
    });
  });
});
