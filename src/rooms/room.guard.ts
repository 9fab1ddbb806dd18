import { applyDecorators, CanActivate, ExecutionContext, Injectable, SetMetadata, UseGuards } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { RoomAction } from '../auth/room-policy';
import type { Connection } from '../connections/connection';
import { chain } from '../gateway/chain';
import { Rooms } from './rooms';

const ACTION = 'nestjs-realtime:room-action';

/** Guards a command whose data names a `room`: the policy must allow the action there; to publish, join first. */
export function RequireRoom(action: RoomAction): MethodDecorator {
  return applyDecorators(SetMetadata(ACTION, action), UseGuards(RoomGuard));
}

@Injectable()
export class RoomGuard implements CanActivate {
  /** What each handler asks for: a frame does not look for it in the metadata. */
  readonly #actions = new Map<unknown, RoomAction>();

  constructor(
    private readonly reflector: Reflector,
    private readonly rooms: Rooms,
  ) {}

  /** @throws RealtimeError `validation_failed`, `not_member`, `forbidden` and the policy's other codes */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const action = this.#actionOf(context.getHandler());
    const [connection, { room }] = context.getArgs<[Connection, { room?: unknown }]>();
    return chain(this.rooms.authorize(connection, action, room), () => true);
  }

  #actionOf(handler: ReturnType<ExecutionContext['getHandler']>): RoomAction {
    let action = this.#actions.get(handler);
    if (!action) this.#actions.set(handler, (action = this.reflector.get<RoomAction>(ACTION, handler)));
    return action;
  }
}
