import { CanActivate, ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { IncomingMessage } from 'node:http';

/** REST takes the tokens that the WebSocket endpoint takes: a user, an end, and our signature. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(private readonly jwt: JwtService) {}

  /** @throws UnauthorizedException */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    const [, token] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
    if (!token)
      throw new UnauthorizedException(
        'Send "Authorization: Bearer <token>". In development POST /api/login gives one.',
      );
    const { sub, exp } = await this.#verify(token);
    if (typeof sub === 'string' && sub && typeof exp === 'number') return true;
    throw new UnauthorizedException('The token must hold "sub", the user\'s id, and "exp".');
  }

  async #verify(token: string): Promise<{ sub?: unknown; exp?: unknown }> {
    try {
      return await this.jwt.verifyAsync<{ sub?: unknown; exp?: unknown }>(token);
    } catch (cause) {
      throw new UnauthorizedException('The token is not valid, or no longer.', { cause });
    }
  }
}
