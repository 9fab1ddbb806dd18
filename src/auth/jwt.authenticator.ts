import { JwtService } from '@nestjs/jwt';
import { KeyObject } from 'node:crypto';
import { BoundedCache } from '../async/bounded-cache';
import { Clock } from '../async/clock';
import { RealtimeError } from '../protocol/errors';
import { isCleanText } from '../protocol/text';
import { AuthOptions } from './auth.options';
import { Authenticator, PresentedCredential } from './authenticator';
import { Identity } from './identity';
import { JwtAlgorithm, toPublicKey, toSecretKey } from './jwt-key';
import { SigningKeys } from './signing-keys';

const MAX_USER_ID = 128;
/** Longer ones are refused unread. Node bounds headers at 16 KiB itself; this bounds `authenticate` frames. */
const MAX_TOKEN = 8192;

/** The last second a Date can hold. */
const MAX_EXP_SECONDS = 8.64e12 - 86_400;

/** For so long, in milliseconds, a token is not verified again whose key the host looks up: it may withdraw the key. */
const KEY_TRUSTED_MS = 60_000;

type VerifyOptions = NonNullable<Parameters<JwtService['verify']>[1]>;

interface VerifiedToken {
  readonly identity: Identity;
  /** When it must be verified again, milliseconds since 1970. */
  readonly until: number;
}

/** Verifies JSON Web Tokens: allow-listed algorithms, `exp` required, `sub` the user id. */
export class JwtAuthenticator extends Authenticator {
  readonly #jwt = new JwtService({});
  readonly #verified: BoundedCache<VerifiedToken> | undefined;
  readonly #key: KeyObject | undefined;
  readonly #keys: SigningKeys | undefined;

  constructor(
    private readonly options: Readonly<AuthOptions>,
    private readonly clock = new Clock(),
  ) {
    super();
    this.#verified = options.cachedTokens ? new BoundedCache({ entries: options.cachedTokens }) : undefined;
    if (options.secret) this.#key = toSecretKey(options.secret);
    if (options.publicKey) this.#key = toPublicKey(options.publicKey);
    if (options.keys) this.#keys = new SigningKeys(options.keys, clock);
  }

  /** At once where the key is known: only keys that are looked up have to be waited for. */
  override authenticate({ token, address }: PresentedCredential): Identity | Promise<Identity> {
    const known = this.#verified?.get(token);
    if (known && known.until > this.clock.now()) return known.identity;
    if (!token || token.length > MAX_TOKEN) throw refused('it is empty or too long');
    const header = readHeader(token);
    // RFC 7515, 4.1.11: what it names must be understood, and nothing is.
    if (Object.hasOwn(header, 'crit')) throw refused('its header has "crit", and no extension is supported');
    return this.#key ? this.#verify(token, this.#key) : this.#lookUp(token, header, address);
  }

  #verify(token: string, key: KeyObject): Identity {
    const identity = toIdentity(this.#claims(token, key), this.options.clockToleranceSeconds);
    const trusted = this.#keys ? this.clock.now() + KEY_TRUSTED_MS : Infinity;
    this.#verified?.set(token, { identity, until: Math.min(identity.expiresAt!, trusted) });
    return identity;
  }

  #claims(token: string, key: KeyObject): unknown {
    const { algorithms, issuer, audience, clockToleranceSeconds } = this.options;
    try {
      return this.#jwt.verify<Record<string, unknown>>(token, {
        // The service's types know only strings, but hands a KeyObject through to the verifier, which is built for it.
        secret: key as unknown as string,
        algorithms,
        issuer,
        audience,
        clockTolerance: clockToleranceSeconds,
        clockTimestamp: Math.floor(this.clock.now() / 1000),
      } as VerifyOptions);
    } catch (error) {
      throw refused(
        error instanceof Error && error.name.startsWith('TokenExpired') ? 'it has expired' : 'it is not valid',
        error,
      );
    }
  }

  async #lookUp(token: string, { kid, alg }: TokenHeader, address: string): Promise<Identity> {
    if (!this.options.algorithms.includes(alg as JwtAlgorithm)) throw refused('its algorithm is not allowed');
    const key = await this.#keys!.find(typeof kid === 'string' ? kid : undefined, alg as JwtAlgorithm, address);
    if (!key) throw refused('its key is not known');
    return this.#verify(token, key);
  }
}

interface TokenHeader {
  readonly kid?: unknown;
  readonly alg?: unknown;
}

function readHeader(token: string): TokenHeader {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString());
    return typeof header === 'object' && header !== null ? header : {};
  } catch {
    return {};
  }
}

function toIdentity(payload: unknown, toleranceSeconds: number): Identity {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) throw refused('it holds no claims');
  const claims = payload as Record<string, unknown>;
  const { sub, exp, name, roles } = claims;
  if (!isCleanText(sub) || sub.length === 0 || sub.length > MAX_USER_ID) {
    throw refused(`"sub" must be a string of 1..${MAX_USER_ID} characters`);
  }
  if (typeof exp !== 'number' || !(exp <= MAX_EXP_SECONDS)) throw refused('"exp" is required, in seconds since 1970');
  return {
    userId: sub,
    name: isCleanText(name) ? name : undefined,
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
    expiresAt: (exp + toleranceSeconds) * 1000,
    claims,
  };
}

function refused(why: string, cause?: unknown): RealtimeError {
  return new RealtimeError('unauthorized', `The token is refused: ${why}.`, { cause });
}
