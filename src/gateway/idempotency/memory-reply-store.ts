import { BoundedCache } from '../../async/bounded-cache';
import { Clock } from '../../async/clock';
import { ReplyStore, StoredReply } from './reply-store';
import { uniqueId } from '../../protocol/unique-id';

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

/** What is kept of a key, under which its command was or is executed. */
interface Known {
  readonly executionId?: string;
  /** The reply as JSON. */
  readonly json?: string;
}

/** What an entry takes beside its texts: it, its place in the cache, and the headers of the texts. */
const ENTRY_BYTES = 500;
const LATIN = /^[\0-\xff]*$/;

/** Replies of this process, for a while. Lost when it ends; the least recent go first when there are too many. */
export class MemoryReplyStore extends ReplyStore {
  readonly #known: BoundedCache<Known>;
  /** The oldest first. A command that hangs leaves its claim here, so they are looked through at each new one. */
  readonly #claims = new Map<string, Claim>();
  readonly #windowMs: number;

  constructor(
    { windowMs, maxReplies, maxBytes }: ReplyStoreLimits,
    private readonly clock = new Clock(),
  ) {
    super();
    this.#windowMs = windowMs;
    const limits = { entries: maxReplies, weight: maxBytes };
    this.#known = new BoundedCache(limits, { ttl: windowMs, now: () => clock.now(), weigh });
  }

  /** What it holds, bookkeeping included. */
  get bytes(): number {
    return this.#known.weight;
  }

  override claim(key: string): StoredReply | undefined | Promise<StoredReply | undefined> {
    const now = this.clock.now();
    this.#passOnAbandoned(now);
    const kept = this.#known.get(key)?.json;
    if (kept !== undefined) return JSON.parse(kept) as StoredReply;
    const claim = this.#claims.get(key);
    if (claim) return new Promise((resolve) => claim.waiting.push(resolve));
    this.#claims.set(key, { since: now, waiting: [] });
    return undefined;
  }

  override keep(key: string, reply: StoredReply): void {
    this.#known.set(key, { executionId: this.#known.get(key)?.executionId, json: JSON.stringify(reply) });
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

  /** The reply does not count any more: the next who claims the key executes the command again. */
  forget(key: string): void {
    this.#known.delete(key);
  }

  override executionId(key: string): string {
    const known = this.#known.get(key);
    if (known?.executionId !== undefined) return known.executionId;
    const executionId = uniqueId();
    this.#known.set(key, { ...known, executionId });
    return executionId;
  }

  #passOnAbandoned(now: number): void {
    for (const [key, { since }] of this.#claims) {
      if (now - since < this.#windowMs) return;
      this.release(key);
    }
  }
}

function weigh({ executionId = '', json = '' }: Known, key: string): number {
  return ENTRY_BYTES + textBytes(key) + textBytes(json) + executionId.length;
}

/** A text takes two bytes a character as soon as one of them is not Latin. */
function textBytes(text: string): number {
  return LATIN.test(text) ? text.length : 2 * text.length;
}
