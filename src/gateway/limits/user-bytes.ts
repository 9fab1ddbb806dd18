import { Injectable } from '@nestjs/common';
import { BoundedCache } from '../../async/bounded-cache';
import { Clock } from '../../async/clock';
import type { Connection } from '../../connections/connection';
import { Connections } from '../../connections/connections';
import { TokenBucket } from '../../connections/token-bucket';
import { RateLimitOptions, userBytes } from './rate-limit.options';
import { ConnectionsOptions } from '../../connections/connections.options';

/** Users without a connection whose bytes are remembered. */
const MAX_AWAY = 10_000;

/** What each user may send over all its connections to this process, in bytes. */
@Injectable()
export class UserBytes {
  /** Those whose last connection is gone before what it sent was paid back: connecting again does not forgive it. */
  readonly #away = new BoundedCache<TokenBucket>({ entries: MAX_AWAY });

  constructor(
    private readonly rateLimit: RateLimitOptions,
    private readonly limits: ConnectionsOptions,
    private readonly connections: Connections,
    private readonly clock: Clock,
  ) {}

  /** Before a connection is filed under its user. */
  share(connection: Connection, userId: string): void {
    const [other] = this.connections.ofUser(userId);
    connection.intake.ofUser =
      other?.intake.ofUser ?? this.#away.get(userId) ?? new TokenBucket(userBytes(this.rateLimit, this.limits));
    this.#away.delete(userId);
  }

  /** After a connection is not filed under its user any more. */
  leave({ userId, intake: { ofUser } }: Connection): void {
    if (!ofUser || this.connections.ofUser(userId!).size || ofUser.isFull(this.clock.now())) return;
    this.#away.set(userId!, ofUser);
  }
}
