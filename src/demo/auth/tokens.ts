import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';

export interface Login {
  readonly token: string;
  readonly userId: string;
}

/** Makes the tokens of the demo. For development: whoever gives a name is believed. */
@Injectable()
export class Tokens {
  constructor(private readonly jwt: JwtService) {}

  /** The same name is the same user; who is called "admin" is one. */
  async issue(name: string): Promise<Login> {
    const userId = slug(name);
    const roles = userId === 'admin' ? ['admin'] : [];
    return { token: await this.jwt.signAsync({ sub: userId, name, roles }), userId };
  }
}

/** "Zoë B." is `zoe-b`. */
function slug(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}
