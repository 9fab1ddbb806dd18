import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

/** A request that the `BearerGuard` let in, and whose it is. */
export interface AuthenticatedRequest extends IncomingMessage {
  userName?: string;
}

/** The name of the user whose request it is. */
export const By = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<AuthenticatedRequest>().userName,
);
