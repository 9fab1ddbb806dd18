import { Injectable } from '@nestjs/common';
import { BoundedCache } from '../../async/bounded-cache';
import { Clock } from '../../async/clock';
import { TokenBucket } from '../../connections/token-bucket';
import { RealtimeError } from '../../protocol/errors';
import type { Bucket } from '../../options/bucket';
import { ConnectionsOptions, handshakesPerAddress, handshakesPerUser } from '../../connections/connections.options';

/** Users, and addresses, whose handshakes are remembered. */
const MAX_REMEMBERED = 50_000;

/** How often users and addresses connect to this process. */
@Injectable()
export class HandshakeRate {
  readonly #addresses = new BoundedCache<TokenBucket>({ entries: MAX_REMEMBERED });
  readonly #users = new BoundedCache<TokenBucket>({ entries: MAX_REMEMBERED });

  constructor(
    private readonly options: ConnectionsOptions,
    private readonly clock: Clock,
  ) {}

  /** Before a token is looked at. @throws RealtimeError `rate_limited` */
  chargeAddress(address: string): void {
    this.#charge(this.#addresses, address, handshakesPerAddress(this.options), 'from this address');
  }

  /** Once the user is known. @throws RealtimeError `rate_limited` */
  chargeUser(userId: string): void {
    this.#charge(this.#users, userId, handshakesPerUser(this.options), 'of this user');
  }

  #charge(buckets: BoundedCache<TokenBucket>, key: string, limits: Bucket, whose: string): void {
    let bucket = buckets.get(key);
    if (!bucket) buckets.set(key, (bucket = new TokenBucket(limits)));
    if (bucket.spend(1, this.clock.now())) return;
    const retryAfterMs = bucket.waitFor(1);
    throw new RealtimeError('rate_limited', `Too many handshakes ${whose}. Connect less often.`, { retryAfterMs });
  }
}
