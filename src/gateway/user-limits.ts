import type { Bucket } from '../realtime.options';

/** Counts what each user sends, over all its connections. */
export abstract class UserLimits {
  /** Spends a user's tokens, all of a full bucket where it costs more. Milliseconds to wait where they do not suffice. */
  abstract spend(userId: string, cost: number, bucket: Bucket): number | Promise<number>;
}
