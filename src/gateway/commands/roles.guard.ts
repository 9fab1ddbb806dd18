import { CanActivate, CustomDecorator, ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Connection } from '../../connections/connection';
import { RealtimeError } from '../../protocol/errors';

const ROLES = 'nestjs-realtime:roles';

/** Roles of which the user needs one, for commands behind `@UseGuards(RolesGuard)`. */
export function Roles(...roles: string[]): CustomDecorator {
  return SetMetadata(ROLES, roles);
}

@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  /** @throws RealtimeError `forbidden` */
  canActivate(context: ExecutionContext): boolean {
    const wanted = this.reflector.getAllAndOverride<string[] | undefined>(ROLES, [
      context.getHandler(),
      context.getClass(),
    ]);
    const { identity } = context.switchToWs().getClient<Connection>();
    if (!wanted || wanted.some((role) => identity?.roles.includes(role))) return true;
    throw new RealtimeError('forbidden', `This needs the role ${wanted.join(' or ')}.`);
  }
}
