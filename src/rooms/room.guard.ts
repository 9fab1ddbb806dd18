import { applyDecorators, CanActivate, ExecutionContext, Injectable, SetMetadata, UseGuards } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { RoomAction } from '../auth/room-policy';
import type { Connection } from '../connections/connection';
import { mapMaybePromise } from '../async/maybe-promise';
import { RoomRegistry } from './room-registry';

const ACTION = 'nestjs-realtime:room-action';

/**
 * Guards a command whose data names a `room`: the connection must have joined it, and the policy allow the action there.
 * @param action asked of the policy. @default the name of the command
 */
export function RequireRoom(action?: RoomAction): MethodDecorator {
  return applyDecorators(SetMetadata(ACTION, action), UseGuards(RoomGuard));
}

@Injectable()
export class RoomGuard implements CanActivate {
  /** What each handler asks for: a frame does not look for it in the metadata. */
  readonly #actions = new Map<unknown, RoomAction>();

  constructor(
    private readonly reflector: Reflector,
    private readonly rooms: RoomRegistry,
  ) {}

  /** @throws RealtimeError `validation_failed`, `not_member`, `forbidden` and the policy's other codes */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const [connection, { room }, command] = context.getArgs<[Connection, { room?: unknown }, string]>();
    const action = this.#actionOf(context.getHandler(), command);
    return mapMaybePromise(this.rooms.authorize(connection, action, room), () => true);
  }

  #actionOf(handler: ReturnType<ExecutionContext['getHandler']>, command: string): RoomAction {
    let action = this.#actions.get(handler);
    if (action === undefined) {
      action = this.reflector.get<RoomAction | undefined>(ACTION, handler) ?? command;
      this.#actions.set(handler, action);
    }
    return action;
  }
}
