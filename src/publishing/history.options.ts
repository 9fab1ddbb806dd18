import { checkPositive } from '../options/invalid-option';
import { DAY_MS, MIB } from '../options/units';

/** What the streams of the rooms keep, for clients that reconnect and for `history`. */
export class HistoryOptions {
  /** Publications kept per room. 0 keeps none, and the room's publications carry no offset. @default 1000 */
  readonly maxPublications: number = 1000;
  /** Time a publication is kept, milliseconds. @default 86_400_000 (24 hours) */
  readonly maxAgeMs: number = DAY_MS;
  /** Bytes kept per room, bookkeeping included. The oldest publications are evicted first. @default 2_097_152 (2 MiB) */
  readonly maxBytes: number = 2 * MIB;
  /**
   * Bytes kept of what the connections of one user publish in all rooms. The user's oldest publications are evicted
   * first. @default 16_777_216 (16 MiB)
   */
  readonly maxBytesPerUser: number = 16 * MIB;
  /**
   * Bytes kept of all rooms, in this process or in the primary of its cluster. With Redis, its `maxmemory` is the limit.
   * @default 268_435_456 (256 MiB)
   */
  readonly maxTotalBytes: number = 256 * MIB;
  /** Streams that this node reads for clients at a time. Further reads wait. @default 1000 */
  readonly maxReplays: number = 1000;
  /** Streams that this node reads for one user at a time. Further reads wait. @default 4 */
  readonly maxReplaysPerUser: number = 4;
}

/** @throws InvalidOption */
export function checkHistory(options: HistoryOptions): void {
  checkPositive('history', options, 'maxBytes', 'maxBytesPerUser', 'maxReplays', 'maxReplaysPerUser');
}
