import { Injectable } from '@nestjs/common';
import { Clock } from '../async/clock';
import type { Connection } from '../connections/connection';
import { RealtimeCounters } from '../connections/realtime-counters';
import { RealtimeError } from '../protocol/errors';
import { RoomsOptions, senderBytes } from './rooms.options';
import { ConnectionsOptions } from '../connections/connections.options';
import type { Room } from './room';
import { Senders } from './senders';

/** What one user may say in one room: its members read no faster for it. */
@Injectable()
export class SenderLimit {
  constructor(
    private readonly options: RoomsOptions,
    private readonly limits: ConnectionsOptions,
    private readonly traffic: RealtimeCounters,
    private readonly clock: Clock,
  ) {}

  /** Charges the frame that a member's connection is handling. @throws RealtimeError `rate_limited` */
  charge(connection: Connection, room: Room): void {
    const senders = (room.senders ??= new Senders(senderBytes(this.options, this.limits)));
    const bytes = connection.inbox.current?.bytes ?? 0;
    const retryAfterMs = senders.charge(connection.userId!, bytes, room.size, this.clock.now());
    if (retryAfterMs === 0) return;
    this.traffic.rateLimited++;
    throw new RealtimeError('rate_limited', `Too much at once for ${room.name}. Slow down.`, { retryAfterMs });
  }
}
