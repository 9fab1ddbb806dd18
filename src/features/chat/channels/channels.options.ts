import type { Bucket } from '../../../options/bucket';
import { checkPositive } from '../../../options/invalid-option';

/** Channels: rooms that users create and moderate. */
export class ChannelsOptions {
  /** Channels that one user may own. @default 100 */
  readonly maxPerUser: number = 100;
  /** Members of one channel. @default 10_000 */
  readonly maxMembers: number = 10_000;
  /** Bans of one channel. @default 10_000 */
  readonly maxBans: number = 10_000;
  /** Attempts per minute that one user has at the password of one channel, on all nodes, all of them at once. @default 5 */
  readonly passwordAttemptsPerMinute: number = 5;
  /** HTTP requests of one user, as a token bucket. @default { perSecond: 5, burst: 50 } */
  readonly requests: Bucket = { perSecond: 5, burst: 50 };
}

/** @throws InvalidOption */
export function checkChannels(options: ChannelsOptions): void {
  checkPositive('channels', options, 'passwordAttemptsPerMinute');
}
