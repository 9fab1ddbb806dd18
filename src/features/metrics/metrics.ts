import { Injectable } from '@nestjs/common';
import { Connections } from '../../connections/connections';
import { Traffic } from '../../connections/traffic';
import { Closures } from './closures';
import { MailboxDepth } from './mailbox-depth';
import { RequestRate } from './request-rate';

/** What one process has done since it started, for people and for dashboards that do not scrape. */
export interface MetricsSnapshot {
  readonly hub: {
    readonly active_connections: number;
    /** Opened so far, those that ended included. */
    readonly total_connections: number;
    /** Frames, to clients. */
    readonly messages_sent: number;
    /** Frames, from clients. */
    readonly messages_received: number;
    /** Publications that had members here. */
    readonly broadcasts_sent: number;
  };
  readonly middleware: {
    readonly rate_limiter: {
      /** Connections whose frames are counted: those here now that have sent any. */
      readonly active_limiters: number;
      /** Frames received, over the last ten seconds. */
      readonly requests_per_second: number;
    };
    readonly error_handler: {
      /** Of those here now. */
      readonly connections_with_errors: number;
      readonly total_errors: number;
    };
  };
  /** Of all nodes, as far as 100,000 messages; `null` while the database does not answer. */
  readonly offline_messages: { readonly total_messages: number | null; readonly users_with_messages: number | null };
}

/** The figures of this process as an object. */
@Injectable()
export class Metrics {
  constructor(
    private readonly connections: Connections,
    private readonly traffic: Traffic,
    private readonly closures: Closures,
    private readonly rate: RequestRate,
    private readonly mailbox: MailboxDepth,
  ) {}

  async snapshot(): Promise<MetricsSnapshot> {
    const depth = await this.mailbox.read();
    const offline_messages = { total_messages: depth?.messages ?? null, users_with_messages: depth?.users ?? null };
    return { ...this.figures, offline_messages };
  }

  /** Those that need no database. */
  get figures(): Pick<MetricsSnapshot, 'hub' | 'middleware'> {
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
