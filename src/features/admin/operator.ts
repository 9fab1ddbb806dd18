import { createParamDecorator, ExecutionContext, Injectable, PipeTransform } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { callerOf } from '../../gateway/handshake/bearer.guard';
import { clientAddress } from '../../gateway/handshake/client-address';
import { ConnectionsOptions } from '../../connections/connections.options';
import { AdminOptions } from './admin.options';

/** Who acts over the admin API, and from where; `user` is left out where only the application's guard knows. */
export interface Operator {
  readonly user?: string;
  readonly address: string;
}

/** Names the operator of a request. */
@Injectable()
class OperatorPipe implements PipeTransform<ExecutionContext, Operator> {
  constructor(
    private readonly limits: ConnectionsOptions,
    private readonly admin: AdminOptions,
  ) {}

  transform(context: ExecutionContext): Operator {
    const caller = callerOf(context);
    if (caller) return { user: caller.userId, address: caller.address };
    const request = context.switchToHttp().getRequest<IncomingMessage & { raw?: IncomingMessage }>();
    const address = clientAddress(request.raw ?? request, this.limits.trustedProxies);
    return { user: this.admin.actor?.(request), address };
  }
}

const Context = createParamDecorator((_: unknown, context: ExecutionContext) => context);

/** Who acts, for the audit; behind `AdminGuard`. */
export const By = (): ParameterDecorator => Context(OperatorPipe);
