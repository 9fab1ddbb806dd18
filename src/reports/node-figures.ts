import type { Histogram } from '../connections/histogram';

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

/** The figures of this process. A feature provides them: metrics. */
export abstract class NodeFigures {
  /** Those that need no database. */
  abstract readonly figures: Pick<MetricsSnapshot, 'hub' | 'middleware'>;
  /** From publication to the socket, for each delivery. */
  abstract readonly lagSeconds: Histogram;
  abstract snapshot(): Promise<MetricsSnapshot>;
}
