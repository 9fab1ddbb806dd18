import { Injectable, OnModuleInit } from '@nestjs/common';
import type { Connection } from '../../connections/connection';
import { Connections } from '../../connections/connections';
import { Activities } from '../../events/activities';
import { AuthFailures } from '../../gateway/handshake/auth-failures';
import type { MembershipChange } from '../../rooms/membership-change';
import { RoomRegistry } from '../../rooms/room-registry';
import { Audit } from './audit';

/** Hands what the layers below tell to the audit. Without one it does not listen, and they have nobody to tell. */
@Injectable()
export class AuditListener implements OnModuleInit {
  constructor(
    private readonly audit: Audit,
    private readonly connections: Connections,
    private readonly refusals: AuthFailures,
    private readonly rooms: RoomRegistry,
    private readonly activities: Activities,
  ) {}

  onModuleInit(): void {
    this.connections.opened.subscribe((connection) => this.audit.record({ type: 'connected', ...who(connection) }));
    this.connections.closed.subscribe(({ connection, code }) => {
      // Whoever never had a name was not recorded as connected.
      if (connection.identity) this.audit.record({ type: 'disconnected', code: String(code), ...who(connection) });
    });
    this.refusals.refused.subscribe((refusal) => this.audit.record({ type: 'auth_refused', ...refusal }));
    this.rooms.membershipChanges.subscribe((move) => this.#record(move));
    this.activities.recorded.subscribe((activity) => this.audit.record(activity));
  }

  /** What a connection leaves by its end is in the record with that end. */
  #record(move: MembershipChange): void {
    const { type, room } = move;
    if (move.type === 'joined' ? move.again : move.cause === 'closed') return;
    const code = move.type === 'left' ? { code: move.code } : {};
    this.audit.record({ type, room, ...code, ...who(move.connection) });
  }
}

function who({ id, userId, client: origin }: Connection): { connection: string; user?: string; address: string } {
  return { connection: id, user: userId, address: origin.address };
}
