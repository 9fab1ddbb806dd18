import { JwtService } from '@nestjs/jwt';
import { createSecretKey } from 'node:crypto';

export const SECRET = 'a secret of the tests, and of more than 32 bytes';

/** A key, not text: signing with text first tries, at length, to read a private key in it. */
const jwt = new JwtService({ privateKey: createSecretKey(SECRET, 'utf8') });

export interface TokenOptions {
  name?: string;
  roles?: string[];
  /** When it was issued, seconds since 1970. @default now */
  iat?: number;
  /** Seconds from then. @default 3600 */
  expiresIn?: number;
}

/** A good token for this user. */
export function tokenFor(
  userId: string,
  { name = userId, roles = [], expiresIn = 3600, iat = nowInSeconds() }: TokenOptions = {},
): string {
  return jwt.sign({ sub: userId, name, roles, iat }, { expiresIn });
}

export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
