import { KeyObject } from 'node:crypto';
import type { AuthOptions, JwtAlgorithm, JwtKey } from '../../src';
import { ecKeys, es256, forge, hs256, inAnHour, rs256, rsaKeys } from '../support/forged-tokens';
import { HttpAnswer, knock } from '../support/raw-socket';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

const rsa = rsaKeys();
const otherRsa = rsaKeys();
const ec = ecKeys();
const claims = { sub: 'alice', exp: inAnHour() };
const rsToken = (header: object = {}, key: KeyObject = rsa.privateKey) =>
  forge({ alg: 'RS256', ...header }, claims, rs256(key));
const esToken = (header: object = {}) => forge({ alg: 'ES256', ...header }, claims, es256(ec.privateKey));
const refused = (why: string) => ({
  status: 401,
  body: { code: 'unauthorized', message: `The token is refused: ${why}.` },
});
const notValid = refused('it is not valid');

/** A server with these keys, as somebody with a token sees it. */
async function serverWith(auth: Partial<AuthOptions>) {
  const { port, log, connect } = await realtime({ auth });
  const show = (token: string): Promise<HttpAnswer> => knock(port, { target: `/ws?token=${token}` });
  return { show, log, connect };
}

describe('a public key', () => {
  it.each([
    ['PEM', rsa.pem],
    ['a buffer of PEM', Buffer.from(rsa.pem)],
    ['a KeyObject', rsa.publicKey],
    ['the private KeyObject it belongs to', rsa.privateKey],
  ])('as %s verifies RS256', async (_, publicKey) => {
    const { show } = await serverWith({ publicKey, algorithms: ['RS256'] });
    expect((await show(rsToken())).status).toBe(101);
    expect(await show(rsToken({}, otherRsa.privateKey))).toMatchObject(notValid);
  });

  it('verifies ES256', async () => {
    const { show } = await serverWith({ publicKey: ec.pem, algorithms: ['ES256'] });
    expect((await show(esToken())).status).toBe(101);
    expect(await show(rsToken())).toMatchObject(notValid);
  });

  it.each([
    ['PEM', rsa.pem],
    ['PEM without its last line break', rsa.pem.trimEnd()],
    ['DER', rsa.publicKey.export({ type: 'spki', format: 'der' })],
  ])('is no secret: HS256 signed with its %s is refused', async (_, secret) => {
    const { show } = await serverWith({ publicKey: rsa.pem, algorithms: ['RS256'] });
    expect(await show(forge({ alg: 'HS256' }, claims, hs256(secret)))).toMatchObject(notValid);
  });
});

describe('looking keys up', () => {
  type Asked = [kid: string | undefined, algorithm: JwtAlgorithm];

  async function looking(find: (kid: string | undefined) => JwtKey | undefined | Promise<JwtKey | undefined>) {
    const asked: Asked[] = [];
    const keys: AuthOptions['keys'] = (...question) => {
      asked.push(question);
      return find(question[0]);
    };
    return { asked, ...(await serverWith({ keys, algorithms: ['RS256', 'ES256'], cachedTokens: 0 })) };
  }

  const jwks: Record<string, JwtKey> = { first: rsa.pem, second: ec.publicKey };

  it('finds the one the token names', async () => {
    const { show, asked } = await looking(async (kid) => jwks[kid!]);
    expect((await show(rsToken({ kid: 'first' }))).status).toBe(101);
    expect((await show(esToken({ kid: 'second' }))).status).toBe(101);
    expect(await show(rsToken({ kid: 'second' }))).toMatchObject(notValid);
    expect(await show(rsToken({ kid: 'third' }))).toMatchObject(refused('its key is not known'));
    expect(asked).toEqual([
      ['first', 'RS256'],
      ['second', 'ES256'],
      ['second', 'RS256'],
      ['third', 'RS256'],
    ]);
  });

  it('hands over nothing of the header but kid and alg, and of those only text', async () => {
    const { show, asked } = await looking(() => rsa.pem);
    const jwk = otherRsa.publicKey.export({ format: 'jwk' });
    const own = { jku: 'http://evil', x5u: 'http://evil', jwk, x5c: [otherRsa.pem] };
    expect(await show(rsToken({ ...own, kid: 'first' }, otherRsa.privateKey))).toMatchObject(notValid);
    for (const kid of [['first'], { first: 1 }, 7, null]) expect((await show(rsToken({ kid }))).status).toBe(101);
    expect(asked).toEqual([['first', 'RS256'], ...Array<Asked>(4).fill([undefined, 'RS256'])]);
  });

  it.each([
    ['of an algorithm that is not allowed', forge({ alg: 'HS256', kid: 'first' }, claims, hs256(rsa.pem))],
    ['of algorithm none', forge({ alg: 'none', kid: 'first' }, claims, () => Buffer.alloc(0))],
    ['of no algorithm', forge({ kid: 'first' }, claims)],
    ['of an algorithm that is a list', forge({ alg: ['RS256'] }, claims)],
    ['that is no token', 'abc'],
    ['whose header is null', `${Buffer.from('null').toString('base64url')}.e30.e30`],
  ])('is not done for a token %s', async (_, token) => {
    const { show, asked } = await looking(() => rsa.pem);
    expect(await show(token)).toMatchObject(refused('its algorithm is not allowed'));
    expect(asked).toEqual([]);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('ECONNREFUSED'))],
    [
      'throws',
      () => {
        throw new TypeError('fetch is not a function');
      },
    ],
    ['finds what is no key', () => 'not PEM'],
  ])('is answered 503 when it %s, and the server lives', async (_, find) => {
    const { show, log } = await looking(find);
    const answer = await show(rsToken({ kid: 'first' }));
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '10' },
      body: { code: 'unavailable', message: 'The signing keys cannot be read now. Try again later.' },
    });
    await show(rsToken({ kid: 'first' }));
    expect(log.of('error')).toEqual([expect.stringContaining('Tokens cannot be verified')]);
  });

  it('verifies each token anew when none are remembered', async () => {
    const keys: Record<string, JwtKey> = { first: rsa.pem };
    const { show } = await looking((kid) => keys[kid!]);
    const token = rsToken({ kid: 'first' });
    expect((await show(token)).status).toBe(101);
    delete keys.first;
    expect(await show(token)).toMatchObject(refused('its key is not known'));
  });
});
