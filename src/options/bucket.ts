/** A token bucket. It limits a rate and allows short bursts. */
export interface Bucket {
  /** Tokens that the bucket regains each second. Required. */
  perSecond: number;
  /** Tokens that a full bucket holds, which is the largest burst. Required. */
  burst: number;
}
