import { Injectable } from '@nestjs/common';
import { Connections } from '../../connections/connections';
import type { Histogram } from '../../connections/histogram';
import { RealtimeCounters } from '../../connections/realtime-counters';
import { MetricsSnapshot, NodeFigures } from '../../reports/node-figures';
import { DisconnectCounters } from './disconnect-counters';
import { FanOut } from './fan-out';
import { MailboxDepth } from './mailbox-depth';
import { RequestRate } from './request-rate';

export type { MetricsSnapshot };

/** The figures of this process as an object. */
@Injectable()
export class Metrics extends NodeFigures {
  constructor(
    private readonly connections: Connections,
    private readonly traffic: RealtimeCounters,
    private readonly closures: DisconnectCounters,
    private readonly rate: RequestRate,
    private readonly mailbox: MailboxDepth,
    private readonly fanOut: FanOut,
  ) {
    super();
  }

  override async snapshot(): Promise<MetricsSnapshot> {
    const depth = await this.mailbox.read();
    const offline_messages = { total_messages: depth?.messages ?? null, users_with_messages: depth?.users ?? null };
    return { ...this.figures, offline_messages };
  }

  override get lagSeconds(): Histogram {
    return this.fanOut.lagSeconds;
  }

  /** Those that need no database. */
  override get figures(): Pick<MetricsSnapshot, 'hub' | 'middleware'> {
    const connections = [...this.connections];
    const errors = Object.values(this.traffic.errors);
    return {
      hub: {
        active_connections: connections.length,
        total_connections: this.traffic.connectionsOpened,
        messages_sent: connections.reduce((sum, { messagesSent }) => sum + messagesSent, this.closures.messagesSent),
        messages_received: this.traffic.framesReceived,
        broadcasts_sent: this.traffic.publications,
      },
      middleware: {
        rate_limiter: {
          active_limiters: connections.filter(({ frameBudget }) => frameBudget).length,
          requests_per_second: this.rate.perSecond,
        },
        error_handler: {
          connections_with_errors: connections.filter((connection) => connection.errors).length,
          total_errors: errors.reduce((sum, count) => sum + count, 0),
        },
      },
    };
  }
}
