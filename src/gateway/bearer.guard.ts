import { CanActivate, createParamDecorator, ExecutionContext, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { Authenticator } from '../auth/authenticator';
import { bearerToken } from '../auth/credential';
import type { Identity } from '../auth/identity';
import { RealtimeError } from '../protocol/errors';
import { RealtimeOptions } from '../realtime.options';
import { clientAddress } from './client-address';

const IDENTITY = Symbol('nestjs-realtime:identity');

/** A request of Express, or of Fastify, which has Node's in it. */
type HttpRequest = { raw?: IncomingMessage; [IDENTITY]?: Identity };

/** The user whose token an HTTP request showed, behind `BearerGuard`. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<HttpRequest>()[IDENTITY],
);

/** For HTTP routes: `Authorization: Bearer`, checked as a connection's token is. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly options: RealtimeOptions,
  ) {}

  /** @throws RealtimeError `unauthorized`, `unavailable` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const given = context.switchToHttp().getRequest<HttpRequest>();
    const request = given.raw ?? (given as IncomingMessage);
    const token = bearerToken(request);
    if (token === undefined) throw new RealtimeError('unauthorized', 'Send a token: "Authorization: Bearer …".');
    const address = clientAddress(request, this.options.connections.trustedProxies);
    const presented = { token, place: 'header', address, headers: request.headers } as const;
    given[IDENTITY] = await this.authenticator.authenticate(presented);
    return true;
  }
}
