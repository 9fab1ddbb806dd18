import { nanoid } from 'nanoid';
import { BoundedCache } from '../bounded-cache';
import { Clock } from '../clock';
import { ReplyStore, StoredReply } from './reply-store';

export interface ReplyStoreLimits {
  readonly windowMs: number;
  readonly maxReplies: number;
  readonly maxBytes: number;
}

/** A command that is being executed, and those who wait: they are told the reply, or that it is their turn. */
interface Claim {
  readonly since: number;
  readonly waiting: ((reply: StoredReply | undefined) => void)[];
}

/** Replies of this process, for a while. Lost when it ends; the least recent go first when there are too many. */
export class MemoryReplyStore extends ReplyStore {
  /** The replies as JSON. */
  readonly #replies: BoundedCache<string>;
  readonly #executionIds: BoundedCache<string>;
  /** The oldest first. A command that hangs leaves its claim here, so they are looked through at each new one. */
  readonly #claims = new Map<string, Claim>();
  readonly #windowMs: number;

  constructor(
    { windowMs, maxReplies, maxBytes }: ReplyStoreLimits,
    private readonly clock = new Clock(),
  ) {
    super();
    this.#windowMs = windowMs;
    const time = { ttl: windowMs, ttlResolution: 0, perf: clock };
    const weigh = (json: string, key: string) => key.length + json.length;
    this.#replies = new BoundedCache({ entries: maxReplies, weight: maxBytes }, { ...time, weigh });
    this.#executionIds = new BoundedCache({ entries: maxReplies }, time);
  }

  override claim(key: string): StoredReply | undefined | Promise<StoredReply | undefined> {
    const now = this.clock.now();
    this.#passOnAbandoned(now);
    const kept = this.#replies.get(key);
    if (kept !== undefined) return JSON.parse(kept) as StoredReply;
    const claim = this.#claims.get(key);
    if (claim) return new Promise((resolve) => claim.waiting.push(resolve));
    this.#claims.set(key, { since: now, waiting: [] });
    return undefined;
  }

  override keep(key: string, reply: StoredReply): void {
    this.#replies.set(key, JSON.stringify(reply));
    const claim = this.#claims.get(key);
    this.#claims.delete(key);
    for (const resolve of claim?.waiting ?? []) resolve(reply);
  }

  /** The claim passes on to the first who waits, and holds the rest back. */
  override release(key: string): void {
    const waiting = this.#claims.get(key)?.waiting ?? [];
    this.#claims.delete(key);
    const next = waiting.shift();
    if (!next) return;
    this.#claims.set(key, { since: this.clock.now(), waiting });
    next(undefined);
  }

  override executionId(key: string): string {
    const known = this.#executionIds.get(key);
    if (known !== undefined) return known;
    const id = nanoid();
    this.#executionIds.set(key, id);
    return id;
  }

  #passOnAbandoned(now: number): void {
    for (const [key, { since }] of this.#claims) {
      if (now - since < this.#windowMs) return;
      this.release(key);
    }
  }
}
