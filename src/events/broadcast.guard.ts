import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { isAdmin } from '../auth/room-policy';
import type { Connection } from '../connections/connection';
import { RealtimeError } from '../protocol/errors';
import { RoomRegistry } from '../rooms/room-registry';

/** Who may broadcast: into a room, a member whom the policy lets; to everyone, an admin. */
@Injectable()
export class BroadcastGuard implements CanActivate {
  constructor(private readonly rooms: RoomRegistry) {}

  /** @throws RealtimeError `validation_failed`, `not_member`, `forbidden` and the policy's other codes */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const connection = context.switchToWs().getClient<Connection>();
    const { room } = context.switchToWs().getData<{ room?: unknown }>();
    if (room !== undefined && room !== null) await this.rooms.authorize(connection, 'broadcast', room);
    else if (!isAdmin(connection.identity!)) {
      throw new RealtimeError('forbidden', 'Only admins broadcast to everyone. Name a room you have joined.');
    }
    return true;
  }
}
