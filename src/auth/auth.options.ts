import type { Type } from '@nestjs/common';
import type { KeyObject } from 'node:crypto';
import type { Authenticator } from './authenticator';
import { checkNames, checkNumber, InvalidOption, show } from '../options/invalid-option';
import { fits, JwtAlgorithm, JwtKeyLookup, toPublicKey } from './jwt-key';

/** How clients prove who they are. One of `secret`, `publicKey`, `keys` and `authenticator` is required. */
export class AuthOptions {
  /** Secret for HS algorithms, at least 32 bytes. @default undefined: another way is required */
  readonly secret: string | Buffer | KeyObject | undefined = undefined;
  /** Public key (PEM or KeyObject) for RS, PS and ES algorithms. @default undefined: another way is required */
  readonly publicKey: string | Buffer | KeyObject | undefined = undefined;
  /**
   * Looks a key up by the token's `kid`, for instance in a JWKS. Return `undefined` for a key that is unknown or was
   * withdrawn: new connections with a token of it are refused within 60 s. An open connection lives until its token
   * expires, or until `RoomsService.disconnectUser`. An unknown `kid` is looked up again after 10 s.
   * @default undefined: another way is required
   */
  readonly keys: JwtKeyLookup | undefined = undefined;
  /**
   * Replaces JWT, for instance by API keys or sessions. A class is taken from the application's providers.
   * @default undefined: another way is required
   */
  readonly authenticator: Authenticator | Type<Authenticator> | undefined = undefined;
  /** Algorithms of tokens that are accepted. @default ['HS256'] with `secret`; required with `publicKey` and `keys` */
  readonly algorithms: JwtAlgorithm[] = [];
  /** Issuers (`iss`) whose tokens are accepted. @default undefined: tokens of every issuer */
  readonly issuer: string | string[] | undefined = undefined;
  /** Audiences (`aud`) of which a token must name one. @default undefined: tokens for every audience */
  readonly audience: string | string[] | undefined = undefined;
  /** Clock difference that is tolerated in `exp` and `nbf`, seconds. @default 0 */
  readonly clockToleranceSeconds: number = 0;
  /** Whether clients may connect without credentials and send an `authenticate` frame then. @default true */
  readonly deferred: boolean = true;
  /** Time such a client has to authenticate, milliseconds. @default 10_000 */
  readonly deferredTimeoutMs: number = 10_000;
  /** Time before `exp` at which the client gets `auth_expiring`, milliseconds. @default 60_000 */
  readonly expiringNoticeMs: number = 60_000;
  /** Name of the cookie that may hold the token. @default 'access_token' */
  readonly cookie: string = 'access_token';
  /** Verified tokens that are remembered until they expire, with `keys` for 60 s. 0 verifies each time. @default 10_000 */
  readonly cachedTokens: number = 10_000;
}

const SOURCES = ['secret', 'publicKey', 'keys', 'authenticator'] as const;
type Source = (typeof SOURCES)[number];
/** What only the module's own JWT authenticator reads. */
const ONLY_JWT = ['algorithms', 'issuer', 'audience', 'clockToleranceSeconds', 'cachedTokens'] as const;

const MAX_CLOCK_TOLERANCE_SECONDS = 3600;
const MAX_CACHED_TOKENS = 10_000_000;
const COOKIE_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** @throws InvalidOption */
export function resolveAuth(given: Partial<AuthOptions>): Readonly<AuthOptions> {
  // What was given instead is not shown: it may be the secret.
  if (typeof (given as unknown) !== 'object') {
    throw new InvalidOption('auth', `must be an object with options, got a ${typeof given}`, 'Try auth: { secret }.');
  }
  checkNames('auth', given, Object.keys(new AuthOptions()));
  const source = sourceOf(given);
  const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const algorithms: JwtAlgorithm[] = source === 'secret' ? ['HS256'] : [];
  const resolved = Object.assign(new AuthOptions(), { algorithms }, defined);
  if (source === 'authenticator') checkAuthenticator(given);
  else checkJwt(source, resolved);
  checkConnecting(resolved);
  return Object.freeze(resolved);
}

function sourceOf(auth: Partial<AuthOptions>): Source {
  const given = SOURCES.filter((name) => (auth[name] ?? undefined) !== undefined);
  if (given.length === 1) return given[0];
  const got = given.length ? given.join(' and ') : 'none (is the environment variable set?)';
  throw new InvalidOption('auth', `takes exactly one of ${SOURCES.join(', ')}, got ${got}`);
}

function checkAuthenticator(auth: Partial<AuthOptions>): void {
  const authenticator: unknown = auth.authenticator;
  const works =
    typeof authenticator === 'function' || typeof (authenticator as Authenticator).authenticate === 'function';
  if (!works) throw new InvalidOption('auth.authenticator', 'must be an Authenticator, or a class of one');
  const ignored = ONLY_JWT.find((name) => auth[name] !== undefined);
  if (ignored) throw new InvalidOption(`auth.${ignored}`, 'is for JWT: an authenticator checks its tokens itself');
}

function checkJwt(source: Source, auth: AuthOptions): void {
  checkAlgorithms(source, auth.algorithms);
  if (source === 'secret') checkSecret(auth.secret!);
  if (source === 'publicKey') checkPublicKey(auth.publicKey!, auth.algorithms);
  if (source === 'keys' && typeof auth.keys !== 'function') {
    throw new InvalidOption('auth.keys', 'must be a function', 'Try keys: (kid) => jwks.get(kid).');
  }
  checkExpected('auth.issuer', auth.issuer);
  checkExpected('auth.audience', auth.audience);
  checkNumber('auth.clockToleranceSeconds', auth.clockToleranceSeconds, 0, MAX_CLOCK_TOLERANCE_SECONDS);
  checkNumber('auth.cachedTokens', auth.cachedTokens, 0, MAX_CACHED_TOKENS);
}

function checkAlgorithms(source: Source, algorithms: JwtAlgorithm[]): void {
  const option = 'auth.algorithms';
  if (!Array.isArray(algorithms) || algorithms.some((name) => !/^(HS|RS|PS|ES)(256|384|512)$/.test(name))) {
    throw new InvalidOption(option, `may hold HS, RS, PS and ES algorithms, got ${show(algorithms)}`);
  }
  if (!algorithms.length) {
    throw new InvalidOption(option, 'is required with publicKey and keys', "Try ['RS256'].");
  }
  const shared = algorithms.filter((name) => name.startsWith('HS')).length;
  if (shared && shared < algorithms.length) {
    throw new InvalidOption(option, 'mixes HS with public-key algorithms: a public key could pass as a secret');
  }
  if (source === 'secret' && !shared) {
    throw new InvalidOption(option, `must be HS algorithms with a secret, got ${show(algorithms)}`);
  }
  if (source === 'publicKey' && shared) {
    throw new InvalidOption(option, `must be RS, PS or ES algorithms with a publicKey, got ${show(algorithms)}`);
  }
}

function checkSecret(secret: string | Buffer | KeyObject): void {
  const bytes = typeof secret === 'string' ? Buffer.byteLength(secret) : byteLength(secret);
  if (bytes >= 32) return;
  throw new InvalidOption(
    'auth.secret',
    `must be at least 32 bytes, got ${bytes}`,
    'Try the output of `openssl rand -base64 48`.',
  );
}

function byteLength(secret: Buffer | KeyObject): number {
  return Buffer.isBuffer(secret) ? secret.length : (secret.symmetricKeySize ?? 0);
}

function checkPublicKey(given: string | Buffer | KeyObject, algorithms: JwtAlgorithm[]): void {
  let key: KeyObject;
  try {
    key = toPublicKey(given);
  } catch {
    const hint = "Try PEM, '-----BEGIN PUBLIC KEY-----' and so on, with its line breaks.";
    throw new InvalidOption('auth.publicKey', 'cannot be read as a public key', hint);
  }
  const unfit = algorithms.find((algorithm) => !fits(key, algorithm));
  if (unfit)
    throw new InvalidOption('auth.publicKey', `is a key of type ${key.asymmetricKeyType}, not one for ${unfit}`);
}

/** An empty one would not be checked at all. */
function checkExpected(option: string, value: unknown): void {
  if (value === undefined) return;
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (values.length && values.every((each) => typeof each === 'string' && each !== '')) return;
  throw new InvalidOption(option, `must be a string or a list of strings, none empty, got ${show(value)}`);
}

function checkConnecting({ deferred, deferredTimeoutMs, expiringNoticeMs, cookie }: AuthOptions): void {
  if (typeof deferred !== 'boolean')
    throw new InvalidOption('auth.deferred', `must be a boolean, got ${show(deferred)}`);
  checkNumber('auth.deferredTimeoutMs', deferredTimeoutMs, 1);
  checkNumber('auth.expiringNoticeMs', expiringNoticeMs);
  if (typeof cookie !== 'string' || !COOKIE_NAME.test(cookie)) {
    throw new InvalidOption('auth.cookie', `must be the name of a cookie, got ${show(cookie)}`, "Try 'access_token'.");
  }
}
