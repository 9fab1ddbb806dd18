import { Injectable, OnModuleInit } from '@nestjs/common';
import { ChannelChanges } from '../chat/channels/channel-changes';
import { ChatService } from '../chat/chat.service';
import type { Connection } from '../connections/connection';
import { Connections } from '../connections/connections';
import { Refusals } from '../gateway/refusals';
import { Rooms } from '../rooms/rooms';
import { Audit } from './audit';
import { NoAudit } from './no.audit';

/** Hands what the layers below tell to the audit. Without one it does not listen, and they have nobody to tell. */
@Injectable()
export class AuditListener implements OnModuleInit {
  constructor(
    private readonly audit: Audit,
    private readonly connections: Connections,
    private readonly refusals: Refusals,
    private readonly rooms: Rooms,
    private readonly chat: ChatService,
    private readonly channels: ChannelChanges,
  ) {}

  onModuleInit(): void {
    if (this.audit instanceof NoAudit) return;
    this.connections.opened.subscribe((connection) => this.audit.record({ type: 'connected', ...who(connection) }));
    this.connections.closed.subscribe(({ connection, code }) => {
      // Whoever never had a name was not recorded as connected.
      if (connection.identity) this.audit.record({ type: 'disconnected', code: String(code), ...who(connection) });
    });
    this.refusals.refused.subscribe((refusal) => this.audit.record({ type: 'auth_refused', ...refusal }));
    this.rooms.moves.subscribe(({ connection, ...move }) => this.audit.record({ ...move, ...who(connection) }));
    this.chat.changes.subscribe((change) => this.audit.record(change));
    this.channels.told.subscribe((change) => this.audit.record(change));
  }
}

function who({ id, userId, origin }: Connection): { connection: string; user?: string; address: string } {
  return { connection: id, user: userId, address: origin.address };
}
