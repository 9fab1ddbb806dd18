import type { Clock } from '../async/clock';
import type { Bucket } from '../options/bucket';
import type { InboundFrame } from './inbound-frame';
import type { InboxLimits } from './receive-queue';
import type { OutboxLimits } from './send-queue';
import type { RealtimeCounters } from './realtime-counters';
import type { WriteScheduler } from './write-scheduler';

/** What the layers above do with a connection's frames; one for all connections. */
export interface ConnectionHandler<Connection> {
  frame(connection: Connection, bytes: Buffer): void | Promise<void>;
  control(connection: Connection, kind: 'ping' | 'pong', payload: Buffer): void;
  timedOut(connection: Connection, frame: InboundFrame | undefined): void;
  protocolError(connection: Connection, error: Error): void;
  closed(connection: Connection, code: number): void;
}

/** What all connections share. */
export interface ConnectionContext<Connection> {
  readonly turn: WriteScheduler;
  readonly traffic: RealtimeCounters;
  readonly clock: Clock;
  readonly handler: ConnectionHandler<Connection>;
  readonly inbox: InboxLimits;
  readonly outbox: OutboxLimits;
  readonly maxMessageBytes: number;
  /** What each connection may send, in bytes. */
  readonly bytes: Bucket;
}
