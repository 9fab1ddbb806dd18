/** A reply as it is kept: what makes the frame anew for another `message_id` of the server's. */
export interface StoredReply {
  readonly type: string;
  readonly data: unknown;
}

/**
 * Remembers replies, so that a repeated `message_id` is executed once. Guarantee: between a `claim` that returned
 * nothing and its `keep` or `release`, every other claim of that key waits for it; a claim that is not given back
 * within the window is passed on.
 */
export abstract class ReplyStore {
  /** The reply kept or being made for this key; nothing: the caller has claimed it and must `keep` or `release` it. */
  abstract claim(key: string): StoredReply | undefined | Promise<StoredReply | undefined>;
  /** Keeps the reply as it is now: what the handler changes in it later is not seen. @throws TypeError: it is no JSON */
  abstract keep(key: string, reply: StoredReply): void;
  /** Gives the key back: the command failed, and may be tried again. */
  abstract release(key: string): void;
  /**
   * To be asked by whoever has claimed a key: an id nothing else has, and the same one for whoever claims the key within
   * the window, should the command have to be executed again.
   */
  abstract executionId(key: string): string | Promise<string>;
}
