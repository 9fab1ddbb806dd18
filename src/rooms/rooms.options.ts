import type { ConnectionsOptions } from '../connections/connections.options';
import type { Bucket } from '../options/bucket';
import { checkNumber, checkPositive } from '../options/invalid-option';
import { KIB } from '../options/units';

/** Limits on rooms and on the policy's answers. */
export class RoomsOptions {
  /** Rooms that one connection may join. The user's own room does not count. @default 128 */
  readonly maxPerConnection: number = 128;
  /** Connections in one room. @default 20_000 */
  readonly maxMembers: number = 20_000;
  /**
   * Calls of the policy at a time, a quarter of them about one room. Further calls wait. A call that returns no promise
   * does not count. @default 1000
   */
  readonly maxPolicyCalls: number = 1000;
  /** Time the policy has for an answer, waiting included, milliseconds. After it the reply is `unavailable`. @default 5_000 */
  readonly policyTimeoutMs: number = 5_000;
  /**
   * Bytes per second that one user may send into one room. A frame beyond it is `rate_limited`. In a room with more than
   * 100 connections to this process, a byte counts once for each hundred. Events of the application are not limited.
   * @default 65_536 (64 KiB)
   */
  readonly senderBytesPerSecond: number = 64 * KIB;
  /** Bytes that one user may send into one room at once. @default undefined: `connections.maxMessageBytes` */
  readonly senderBurstBytes: number | undefined = undefined;
}

/** @throws InvalidOption */
export function checkRooms(options: RoomsOptions): void {
  checkPositive('rooms', options, 'maxPolicyCalls', 'policyTimeoutMs');
  for (const name of ['senderBytesPerSecond', 'senderBurstBytes'] as const) {
    if (options[name] !== undefined) checkNumber(`rooms.${name}`, options[name], 1, Number.MAX_SAFE_INTEGER);
  }
}

/** The bytes of one user into one room. */
export function senderBytes(
  { senderBytesPerSecond, senderBurstBytes }: RoomsOptions,
  { maxMessageBytes }: ConnectionsOptions,
): Bucket {
  return { perSecond: senderBytesPerSecond, burst: senderBurstBytes ?? maxMessageBytes };
}
