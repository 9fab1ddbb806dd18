import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { resolveAuth } from './auth.options';

const secret = 'x'.repeat(32);
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const authenticator = { authenticate: () => ({ userId: 'alice', roles: [] }) };
const EXPECTED = 'must be a string or a list of strings, none empty, got';

function refusal(options: object): string {
  try {
    resolveAuth(options);
    return 'none';
  } catch (error) {
    return (error as Error).message.replace(/^RealtimeModule: option auth\.?/, '').trim();
  }
}

describe('the auth options', () => {
  it.each([
    [{ secret }],
    [{ secret: Buffer.alloc(32) }],
    [{ secret: createSecretKey(Buffer.alloc(32)) }],
    [{ secret, publicKey: undefined, authenticator: undefined, algorithms: ['HS384', 'HS512'] }],
    [{ publicKey: rsa.publicKey, algorithms: ['RS256', 'PS512'] }],
    [{ publicKey: ec.publicKey, algorithms: ['ES256'] }],
    [{ keys: () => undefined, algorithms: ['RS256', 'ES256'] }],
    [{ keys: () => secret, algorithms: ['HS256'] }],
    [{ authenticator, deferred: false, cookie: 'session' }],
    [{ secret, issuer: 'a', audience: ['b', 'c'] }],
  ])('take what works: %#', (options) => {
    expect(refusal(options)).toBe('none');
  });

  it.each([
    [{ secret: '' }, 'secret must be at least 32 bytes, got 0. Try the output of `openssl rand -base64 48`.'],
    [{ secret: 'é'.repeat(15) }, 'secret must be at least 32 bytes, got 30.'],
    [{ secret: Buffer.alloc(31) }, 'secret must be at least 32 bytes, got 31.'],
    [{ secret: rsa.privateKey }, 'secret must be at least 32 bytes, got 0.'],
    [{ secret: null }, 'takes exactly one of secret, publicKey, keys, authenticator, got none'],
    [{ publicKey: '', algorithms: ['RS256'] }, 'publicKey cannot be read as a public key.'],
    [{ publicKey: 'not PEM', algorithms: ['RS256'] }, 'publicKey cannot be read as a public key. Try PEM,'],
    [{ publicKey: ec.publicKey, algorithms: ['RS256'] }, 'publicKey is a key of type ec, not one for RS256.'],
    [{ publicKey: ec.publicKey, algorithms: ['ES384'] }, 'publicKey is a key of type ec, not one for ES384.'],
    [{ publicKey: ed.publicKey, algorithms: ['ES256'] }, 'publicKey is a key of type ed25519, not one for ES256.'],
    [{ publicKey: rsa.publicKey, algorithms: [] }, "algorithms is required with publicKey and keys. Try ['RS256']."],
    [{ keys: {}, algorithms: ['RS256'] }, 'keys must be a function. Try keys: (kid) => jwks.get(kid).'],
    [{ keys: () => undefined }, 'algorithms is required with publicKey and keys.'],
    [{ authenticator: {} }, 'authenticator must be an Authenticator, or a class of one.'],
    [{ authenticator, issuer: 'a' }, 'issuer is for JWT: an authenticator checks its tokens itself.'],
  ])('refuse a source that cannot work: %#', (options, message) => {
    expect(refusal(options)).toContain(message);
  });

  it.each([
    [{ secret, algorithms: ['none'] }, 'algorithms may hold HS, RS, PS and ES algorithms, got ["none"].'],
    [{ secret, algorithms: 'HS256' }, "algorithms may hold HS, RS, PS and ES algorithms, got 'HS256'."],
    [{ secret, algorithms: ['RS256'] }, 'algorithms must be HS algorithms with a secret, got ["RS256"].'],
    [{ secret, algorithms: ['HS256', 'RS256'] }, 'algorithms mixes HS with public-key algorithms:'],
    [{ keys: () => secret, algorithms: ['RS256', 'HS256'] }, 'algorithms mixes HS with public-key algorithms:'],
    [
      { publicKey: rsa.publicKey, algorithms: ['HS256'] },
      'algorithms must be RS, PS or ES algorithms with a publicKey',
    ],
  ])('refuse algorithms that do not go with the source: %#', (options, message) => {
    expect(refusal(options)).toContain(message);
  });

  it.each([
    [{ issuer: '' }, `issuer ${EXPECTED} ''.`],
    [{ issuer: [] }, `issuer ${EXPECTED} [].`],
    [{ audience: ['a', ''] }, `audience ${EXPECTED} ["a",""].`],
    [{ audience: 5 }, `audience ${EXPECTED} 5.`],
    [{ clockToleranceSeconds: 5_000 }, 'clockToleranceSeconds must be a number, 0 to 3600, got 5000.'],
    [{ cachedTokens: -1 }, 'cachedTokens must be a number, 0 to 10000000, got -1.'],
    [{ deferred: 'false' }, "deferred must be a boolean, got 'false'."],
    [{ deferredTimeoutMs: 0 }, 'deferredTimeoutMs must be a number, 1 or more, got 0.'],
    [{ expiringNoticeMs: NaN }, 'expiringNoticeMs must be a number, 0 or more, got NaN.'],
    [{ cookie: '' }, "cookie must be the name of a cookie, got ''. Try 'access_token'."],
    [{ cookie: 'a b' }, "cookie must be the name of a cookie, got 'a b'. Try 'access_token'."],
  ])('refuse what would not be checked, or never be true: %j', (options, message) => {
    expect(refusal({ secret, ...options })).toBe(message);
  });
});
