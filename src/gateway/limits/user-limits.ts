import type { Bucket } from '../../options/bucket';

/** Counts what each user does, over all its connections. */
export abstract class UserLimits {
  /**
   * Spends a user's tokens, all of a full bucket where it costs more. Milliseconds to wait where they do not suffice. A
   * cost below 0 gives tokens back. `key`: the user's id; U+0000 and what it is for follow, where that is not its frames.
   */
  abstract spend(key: string, cost: number, bucket: Bucket): number | Promise<number>;
}
