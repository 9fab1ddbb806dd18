import { JwtService } from '@nestjs/jwt';
import type { Clock } from '../async/clock';
import type { AuthOptions } from '../auth/auth.options';

/** Who a client connects as. */
export interface TestUser {
  /** Its user id: `sub` of its token. */
  readonly id: string;
  /** @default the id */
  readonly name?: string;
  readonly roles?: readonly string[];
  /** How long its token is good for, milliseconds; whole seconds of it. @default 3_600_000 */
  readonly expiresInMs?: number;
  /** Further claims of its token. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** What stands behind the URL, such as `?project_id=42`. */
  readonly query?: string;
}

/** Makes the credential of a user, where the application's own configuration does not say how. */
export type TokenOf = (user: TestUser) => string | Promise<string>;

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy'];
const HOUR_MS = 3_600_000;

/** The users of a test, where only their number is given, too. @throws RangeError when that is no number of clients */
export function toUsers(given: number | readonly (string | TestUser)[]): TestUser[] {
  if (typeof given !== 'number') return given.map((user) => (typeof user === 'string' ? { id: user } : user));
  if (!Number.isSafeInteger(given) || given < 0) throw new RangeError(`clients: expected 0, 1, 2 …, got ${given}`);
  return Array.from({ length: given }, (_, i) => ({ id: NAMES[i] ?? `user${i + 1}` }));
}

/**
 * Signs a user's token with the secret of the application.
 * @throws Error when that verifies with a public key, or by an authenticator of its own
 */
export function signToken(user: TestUser, { secret, algorithms, issuer, audience }: AuthOptions, clock: Clock): string {
  if (!secret) {
    throw new Error(
      'realtimeTest: only `auth.secret` can sign tokens, and the application has another way. ' +
        'Try realtimeTest({ token: (user) => … }), which returns the credential of a user.',
    );
  }
  const iat = Math.floor(clock.now() / 1000);
  const exp = iat + Math.floor((user.expiresInMs ?? HOUR_MS) / 1000);
  const claims = { ...expected(issuer, audience), ...user.claims };
  return new JwtService({}).sign(
    { name: user.name ?? user.id, roles: user.roles ?? [], ...claims, sub: user.id, iat, exp },
    // The service's types know only strings, but it hands the others through.
    { secret: secret as string, algorithm: algorithms[0] },
  );
}

/** The claims that are checked. */
function expected(issuer?: string | readonly string[], audience?: string | string[]): Record<string, unknown> {
  const iss = typeof issuer === 'object' ? issuer[0] : issuer;
  return { ...(iss === undefined ? {} : { iss }), ...(audience === undefined ? {} : { aud: audience }) };
}
