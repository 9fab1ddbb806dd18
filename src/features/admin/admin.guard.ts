import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { isObservable, lastValueFrom } from 'rxjs';
import { Authenticator } from '../../auth/authenticator';
import { provided } from '../../nest/provided';
import { BearerGuard, callerOf } from '../../gateway/handshake/bearer.guard';
import { UserLimits } from '../../gateway/limits/user-limits';
import { RealtimeError } from '../../protocol/errors';
import { ConnectionsOptions } from '../../connections/connections.options';
import { AdminOptions } from './admin.options';

/** Lets in whoever has the role `admin`, or whom the application's own guard lets in. */
@Injectable()
export class AdminGuard extends BearerGuard {
  #hosts: Promise<CanActivate> | undefined;

  constructor(
    authenticator: Authenticator,
    connections: ConnectionsOptions,
    private readonly admin: AdminOptions,
    private readonly limits: UserLimits,
    private readonly moduleRef: ModuleRef,
  ) {
    super(authenticator, connections);
  }

  /** @throws RealtimeError `unauthorized`, `forbidden`, `rate_limited` */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const { admin } = this;
    if (!admin.guard) return this.#isAdmin(context);
    const hosts = await (this.#hosts ??= provided(admin.guard, this.moduleRef));
    const allowed = hosts.canActivate(context);
    return isObservable(allowed) ? lastValueFrom(allowed, { defaultValue: false }) : allowed;
  }

  async #isAdmin(context: ExecutionContext): Promise<boolean> {
    await super.canActivate(context);
    const { userId, roles } = callerOf(context)!;
    if (!roles.includes('admin')) throw new RealtimeError('forbidden', 'This needs the role admin.');
    // No user's id has a NUL in it: neither its frames nor its channels are counted here.
    const retryAfterMs = await this.limits.spend(`${userId}\0admin`, 1, this.admin.requests);
    if (retryAfterMs > 0) throw new RealtimeError('rate_limited', 'Too many requests. Slow down.', { retryAfterMs });
    return true;
  }
}
