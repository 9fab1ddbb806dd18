import type { Bucket } from '../options/bucket';
import { checkBucket, checkPositive } from '../options/invalid-option';
import { KIB } from '../options/units';

/** Limits on connections and handshakes. Each process counts its own. */
export class ConnectionsOptions {
  /** Connections to this process. Further handshakes are refused with 503. @default 20_000 */
  readonly max: number = 20_000;
  /** Connections of one user to this process. @default 20 */
  readonly maxPerUser: number = 20;
  /** Connections from one client address to this process. @default 100 */
  readonly maxPerAddress: number = 100;
  /** Number of proxies in front of this process that append to `X-Forwarded-For`. 0 ignores the header. @default 0 */
  readonly trustedProxies: number = 0;
  /**
   * Time from the TCP connect to a complete upgrade request, and again from there to the response 101, milliseconds.
   * @default 10_000
   */
  readonly handshakeTimeoutMs: number = 10_000;
  /** Size of the largest message a client may send, bytes. @default 524_288 (512 KiB) */
  readonly maxMessageBytes: number = 512 * KIB;
  /** WebSocket fragments of which one message may consist. @default 1024 */
  readonly maxFragments: number = 1024;
  /**
   * Handshakes of one user, as a token bucket.
   * @default undefined: `maxPerUser / 10` per second (at least 2) with a burst of `2 × maxPerUser` (at least 40)
   */
  readonly handshakesPerUser: Bucket | undefined = undefined;
  /**
   * Handshakes from one client address, as a token bucket.
   * @default undefined: `maxPerAddress / 5` per second (at least 20) with a burst of `2 × maxPerAddress` (at least 200)
   */
  readonly handshakesPerAddress: Bucket | undefined = undefined;
}

/** @throws InvalidOption */
export function checkConnections(options: ConnectionsOptions): void {
  checkPositive('connections', options, 'handshakeTimeoutMs', 'maxMessageBytes', 'maxFragments');
  const { handshakesPerUser, handshakesPerAddress } = options;
  if (handshakesPerUser !== undefined) checkBucket('connections.handshakesPerUser', handshakesPerUser);
  if (handshakesPerAddress !== undefined) checkBucket('connections.handshakesPerAddress', handshakesPerAddress);
}

/** A user with that many connections must be able to open them, and all of them again. */
export function handshakesPerUser({ handshakesPerUser, maxPerUser }: ConnectionsOptions): Bucket {
  return handshakesPerUser ?? { perSecond: Math.max(2, maxPerUser / 10), burst: Math.max(40, 2 * maxPerUser) };
}

/** Users behind one address must be able to open their connections, and all of them again. */
export function handshakesPerAddress({ handshakesPerAddress, maxPerAddress }: ConnectionsOptions): Bucket {
  return (
    handshakesPerAddress ?? { perSecond: Math.max(20, maxPerAddress / 5), burst: Math.max(200, 2 * maxPerAddress) }
  );
}
