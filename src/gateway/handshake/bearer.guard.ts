import { CanActivate, createParamDecorator, ExecutionContext, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { Authenticator } from '../../auth/authenticator';
import { bearerToken } from '../../auth/credential';
import type { Identity } from '../../auth/identity';
import { RealtimeError } from '../../protocol/errors';
import { ConnectionsOptions } from '../../connections/connections.options';
import { clientAddress } from './client-address';

const CALLER = Symbol('nestjs-realtime:caller');

/** A user who asks over HTTP, and from where. */
export interface HttpCaller extends Identity {
  readonly address: string;
}

/** A request of Express, or of Fastify, which has Node's in it. */
type HttpRequest = { raw?: IncomingMessage; [CALLER]?: HttpCaller };

/** The user whose token an HTTP request showed, behind `BearerGuard`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) => callerOf(context));

/** As `Caller`, for guards behind `BearerGuard`. */
export function callerOf(context: ExecutionContext): HttpCaller | undefined {
  return context.switchToHttp().getRequest<HttpRequest>()[CALLER];
}

/** For HTTP routes: `Authorization: Bearer`, checked as a connection's token is. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly options: ConnectionsOptions,
  ) {}

  /** @throws RealtimeError `unauthorized`, `unavailable` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const given = context.switchToHttp().getRequest<HttpRequest>();
    const request = given.raw ?? (given as IncomingMessage);
    const token = bearerToken(request);
    if (token === undefined) throw new RealtimeError('unauthorized', 'Send a token: "Authorization: Bearer …".');
    const address = clientAddress(request, this.options.trustedProxies);
    const presented = { token, place: 'header', address, headers: request.headers } as const;
    const { userId, name, roles, expiresAt, claims } = await this.authenticator.authenticate(presented);
    given[CALLER] = { userId, name, roles, expiresAt, claims, address };
    return true;
  }
}
