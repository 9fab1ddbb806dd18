import type { MemoryReplyStore } from '../../gateway/idempotency/memory-reply-store';
import { ReplyStore, StoredReply } from '../../gateway/idempotency/reply-store';

/** One node's end of the replies of all: what it was executing when it died may be executed by another one. */
export class SiteReplies extends ReplyStore {
  readonly #claimed = new Set<string>();
  #gone = false;

  constructor(private readonly memory: MemoryReplyStore) {
    super();
  }

  override claim(key: string): StoredReply | undefined | Promise<StoredReply | undefined> {
    const reply = this.memory.claim(key);
    if (!(reply instanceof Promise)) return this.#take(key, reply);
    return reply.then((late) => this.#take(key, late));
  }

  override keep(key: string, reply: StoredReply): void {
    if (!this.#claimed.has(key)) return;
    this.memory.keep(key, reply);
    this.#claimed.delete(key);
  }

  override release(key: string): void {
    if (this.#claimed.delete(key)) this.memory.release(key);
  }

  override executionId(key: string): string {
    return this.memory.executionId(key);
  }

  /** Gives back what it holds; what its handlers say from now on counts for nothing. */
  close(): void {
    this.#gone = true;
    for (const key of this.#claimed) this.release(key);
  }

  /** Where there is no reply, the claim is this node's, or the next one's where this one is gone by then. */
  #take(key: string, reply: StoredReply | undefined): StoredReply | undefined {
    if (reply) return reply;
    if (this.#gone) this.memory.release(key);
    else this.#claimed.add(key);
    return undefined;
  }
}
