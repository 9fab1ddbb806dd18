import { JwtService } from '@nestjs/jwt';
import { KeyObject } from 'node:crypto';
import { BoundedCache } from '../bounded-cache';
import { Clock } from '../clock';
import { RealtimeError } from '../protocol/errors';
import { isCleanText } from '../protocol/text';
import { ResolvedAuthOptions } from './auth.options';
import { Authenticator, Presented } from './authenticator';
import { Identity } from './identity';
import { JwtAlgorithm, toPublicKey, toSecretKey } from './jwt-key';

const MAX_USER_ID = 128;
/** Longer ones are refused unread. Node bounds headers at 16 KiB itself; this bounds `authenticate` frames. */
const MAX_TOKEN = 8192;

/** The last second a Date can hold. */
const MAX_EXP_SECONDS = 8.64e12 - 86_400;

type VerifyOptions = NonNullable<Parameters<JwtService['verify']>[1]>;

/** Verifies JSON Web Tokens: allow-listed algorithms, `exp` required, `sub` the user id. */
export class JwtAuthenticator extends Authenticator {
  readonly #jwt = new JwtService({});
  readonly #verified: BoundedCache<Identity> | undefined;
  readonly #key: KeyObject | undefined;

  constructor(
    private readonly options: Readonly<ResolvedAuthOptions>,
    private readonly clock = new Clock(),
  ) {
    super();
    this.#verified = options.cachedTokens ? new BoundedCache({ entries: options.cachedTokens }) : undefined;
    if (options.secret) this.#key = toSecretKey(options.secret);
    if (options.publicKey) this.#key = toPublicKey(options.publicKey);
  }

  /** At once where the key is known: only keys that are looked up have to be waited for. */
  override authenticate({ token }: Presented): Identity | Promise<Identity> {
    const known = this.#verified?.get(token);
    if (known && known.expiresAt! > this.clock.now()) return known;
    if (!token || token.length > MAX_TOKEN) throw refused('it is empty or too long');
    return this.#key ? this.#verify(token, this.#key) : this.#lookUp(token).then((key) => this.#verify(token, key));
  }

  #verify(token: string, key: KeyObject): Identity {
    const identity = toIdentity(this.#claims(token, key), this.options.clockToleranceSeconds);
    this.#verified?.set(token, identity);
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

  async #lookUp(token: string): Promise<KeyObject> {
    const { kid, alg } = readHeader(token);
    if (!this.options.algorithms.includes(alg as JwtAlgorithm)) throw refused('its algorithm is not allowed');
    const key = await this.#ask(typeof kid === 'string' ? kid : undefined, alg as JwtAlgorithm);
    if (!key) throw refused('its key is not known');
    return key;
  }

  async #ask(kid: string | undefined, algorithm: JwtAlgorithm): Promise<KeyObject | undefined> {
    try {
      const key = await this.options.keys!(kid, algorithm);
      if (!key) return undefined;
      return algorithm.startsWith('HS') ? toSecretKey(key) : toPublicKey(key);
    } catch (cause) {
      throw new RealtimeError('unavailable', 'The signing keys cannot be read now. Try again later.', { cause });
    }
  }
}

function readHeader(token: string): { kid?: unknown; alg?: unknown } {
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
