import { JwtService } from '@nestjs/jwt';

export const SECRET = 'a secret of the tests, and of more than 32 bytes';

const jwt = new JwtService({ secret: SECRET });

export interface TokenOptions {
  name?: string;
  roles?: string[];
  /** Seconds from now. */
  expiresIn?: number;
}

/** A good token for this user. */
export function tokenFor(userId: string, { name = userId, roles = [], expiresIn = 3600 }: TokenOptions = {}): string {
  return jwt.sign({ sub: userId, name, roles }, { expiresIn });
}
