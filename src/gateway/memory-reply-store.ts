import { LRUCache } from 'lru-cache';
import { ReplyStore, StoredReply } from './reply-store';

export interface ReplyStoreLimits {
  readonly windowMs: number;
  readonly maxReplies: number;
  readonly maxBytes: number;
}

/** A claim that waits: the others are told the reply, or that it is their turn. */
interface Pending {
  readonly waiting: ((reply: StoredReply | undefined) => void)[];
}

/** Replies of this process, for a while. Lost when it ends; the least recent go first when there are too many. */
export class MemoryReplyStore extends ReplyStore {
  readonly #replies: LRUCache<string, StoredReply>;
  readonly #pending = new Map<string, Pending>();

  constructor({ windowMs, maxReplies, maxBytes }: ReplyStoreLimits) {
    super();
    this.#replies = new LRUCache({
      max: maxReplies,
      ttl: windowMs,
      maxSize: maxBytes,
      sizeCalculation: (reply, key) => key.length + JSON.stringify(reply).length,
    });
  }

  override claim(key: string): StoredReply | undefined | Promise<StoredReply | undefined> {
    const kept = this.#replies.get(key);
    if (kept) return kept;
    const pending = this.#pending.get(key);
    if (pending) return new Promise((resolve) => pending.waiting.push(resolve));
    this.#pending.set(key, { waiting: [] });
    return undefined;
  }

  override keep(key: string, reply: StoredReply): void {
    this.#replies.set(key, reply);
    const pending = this.#pending.get(key);
    this.#pending.delete(key);
    for (const resolve of pending?.waiting ?? []) resolve(reply);
  }

  override release(key: string): void {
    const next = this.#pending.get(key)?.waiting.shift();
    // The claim passes on to the first who waits, and stays pending for the rest.
    if (next) next(undefined);
    else this.#pending.delete(key);
  }
}
