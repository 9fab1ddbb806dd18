import { Injectable, OnModuleInit } from '@nestjs/common';
import { Connections } from '../../connections/connections';
import { AuthFailures } from '../../gateway/handshake/auth-failures';
import { CLOSE_CODES } from '../../protocol/close-codes';

/** The codes that clients and their networks bring: any other number a client sends counts as `other`. */
const OF_CLIENTS = [1000, 1001, 1005, 1006];
const KNOWN: ReadonlySet<number> = new Set([...Object.values(CLOSE_CODES), ...OF_CLIENTS]);

/** Connections that ended, and those that were never let in. */
@Injectable()
export class DisconnectCounters implements OnModuleInit {
  readonly byCode = new Map<string, number>();
  /** Frames that were sent to connections that are no more. */
  messagesSent = 0;
  authenticationsRefused = 0;

  constructor(
    private readonly connections: Connections,
    private readonly refusals: AuthFailures,
  ) {}

  onModuleInit(): void {
    this.refusals.refused.subscribe(() => this.authenticationsRefused++);
    this.connections.closed.subscribe(({ connection, code }) => {
      const known = KNOWN.has(code) ? String(code) : 'other';
      this.byCode.set(known, (this.byCode.get(known) ?? 0) + 1);
      this.messagesSent += connection.messagesSent;
    });
  }
}
