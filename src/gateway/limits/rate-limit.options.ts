import type { ConnectionsOptions } from '../../connections/connections.options';
import type { Bucket } from '../../options/bucket';
import { checkBucket, checkNumber, checkObject, checkRate } from '../../options/invalid-option';
import { KIB } from '../../options/units';

/** Limits on what clients send, as token buckets. */
export class RateLimitOptions {
  /** Tokens that a connection regains each second. A frame costs one token, unless `cost` names another cost. @default 10 */
  readonly perSecond: number = 10;
  /** Tokens that a connection may spend at once. @default 20 */
  readonly burst: number = 20;
  /**
   * Refused frames after which a connection is closed with 4029. Refusals are forgotten at the rate `perSecond`.
   * @default 100
   */
  readonly disconnectAfterRefusals: number = 100;
  /** Cost of a command in tokens, by its type. Commands that are not named cost 1. @default {} */
  readonly cost: Record<string, number> = {};
  /** Limit on the frames of one user over all its connections. @default undefined: no such limit */
  readonly perUser: Bucket | undefined = undefined;
  /** Bytes per second that a connection may send. A socket that sends more is read later. @default 131_072 (128 KiB) */
  readonly bytesPerSecond: number = 128 * KIB;
  /** Bytes that a connection may send at once. @default undefined: `connections.maxMessageBytes` */
  readonly burstBytes: number | undefined = undefined;
  /** Bytes per second that one user may send over all its connections to this process. @default 262_144 (256 KiB) */
  readonly userBytesPerSecond: number = 256 * KIB;
  /** Bytes that one user may send at once over all its connections to this process. @default undefined: twice `burstBytes` */
  readonly userBurstBytes: number | undefined = undefined;
}

/** @throws InvalidOption */
export function checkRateLimit(options: RateLimitOptions): void {
  checkObject('rateLimit.cost', options.cost);
  for (const [type, cost] of Object.entries(options.cost)) checkNumber(`rateLimit.cost.${type}`, cost);
  checkRate('rateLimit', options);
  if (options.perUser !== undefined) checkBucket('rateLimit.perUser', options.perUser);
  for (const name of ['bytesPerSecond', 'burstBytes', 'userBytesPerSecond', 'userBurstBytes'] as const) {
    if (options[name] !== undefined) checkNumber(`rateLimit.${name}`, options[name], 1, Number.MAX_SAFE_INTEGER);
  }
}

/** The bytes of one connection. */
export function connectionBytes(
  { bytesPerSecond, burstBytes }: RateLimitOptions,
  { maxMessageBytes }: ConnectionsOptions,
): Bucket {
  return { perSecond: bytesPerSecond, burst: burstBytes ?? maxMessageBytes };
}

/** The bytes of one user over all its connections to this process. */
export function userBytes(rateLimit: RateLimitOptions, connections: ConnectionsOptions): Bucket {
  const { userBytesPerSecond, userBurstBytes = 2 * connectionBytes(rateLimit, connections).burst } = rateLimit;
  return { perSecond: userBytesPerSecond, burst: userBurstBytes };
}
