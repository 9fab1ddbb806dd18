import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Connection } from '../connections/connection';
import { RealtimeError } from '../protocol/errors';

/** Stands before every command that is not marked `@Unauthenticated()`. */
export class AuthenticatedGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return isAuthenticated(context.switchToWs().getClient<Connection>());
  }
}

/** @throws RealtimeError `unauthorized` */
export function isAuthenticated(connection: Connection): boolean {
  if (connection.identity) return true;
  throw new RealtimeError('unauthorized', 'Authenticate first: send {"type":"authenticate","data":{"token":"…"}}.');
}
