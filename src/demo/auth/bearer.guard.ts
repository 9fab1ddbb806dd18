import { CanActivate, ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { AuthenticatedRequest } from './by.decorator';

/** What is looked at of what a token says; anything may be in it. */
interface Claims {
  readonly sub?: unknown;
  readonly exp?: unknown;
  readonly name?: unknown;
}

/** REST takes the tokens that the WebSocket endpoint takes: a user, an end, and our signature. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(private readonly jwt: JwtService) {}

  /** @throws UnauthorizedException */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (!token)
      throw new UnauthorizedException(
        'Send "Authorization: Bearer <token>". In development POST /api/login gives one.',
      );
    const { sub, exp, name } = await this.#verify(token);
    if (typeof sub !== 'string' || !sub || typeof exp !== 'number')
      throw new UnauthorizedException('The token must hold "sub", the user\'s id, and "exp".');
    request.userName = typeof name === 'string' ? name : sub;
    return true;
  }

  async #verify(token: string): Promise<Claims> {
    try {
      return await this.jwt.verifyAsync<Claims>(token);
    } catch (cause) {
      throw new UnauthorizedException('The token is not valid, or no longer.', { cause });
    }
  }
}
