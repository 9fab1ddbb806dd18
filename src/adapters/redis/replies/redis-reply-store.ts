import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { BoundedCache } from '../../../async/bounded-cache';
import { Backoff } from '../../../async/backoff';
import type { RedisConnections } from '../redis-connections';
import { Script } from '../script';
import { IdempotencyOptions } from '../../../gateway/idempotency/idempotency.options';
import { mapMaybePromise } from '../../../async/maybe-promise';
import { MemoryReplyStore, ReplyStoreLimits } from '../../../gateway/idempotency/memory-reply-store';
import { ReplyStore, StoredReply } from '../../../gateway/idempotency/reply-store';
import { uniqueId } from '../../../protocol/unique-id';

const REPLY = new Script(1, join(__dirname, 'reply.lua'));
const EXECUTION_ID = new Script(1, join(__dirname, 'execution-id.lua'));
/** What a process that was killed had claimed is passed on after this; one that lives holds it for as long as it takes. */
const LEASE_MS = 10_000;
/** The longest wait between two looks at what another process executes. */
const MAX_LOOK_MS = 250;

/**
 * Replies that nodes share: a repeated command is executed once, whichever node it comes to. What came to this one is
 * in its memory, too, within the limits; Redis keeps each reply for the window.
 *
 * A command is refused as `unavailable` while Redis does not answer: it might have been executed elsewhere. A reply that
 * could not be stored is stored when Redis is back.
 */
export class RedisReplyStore extends ReplyStore {
  readonly #own: MemoryReplyStore;
  readonly #windowMs: number;
  readonly #process = uniqueId(12);
  /** What this process executes, and since when. */
  readonly #held = new Map<string, number>();
  /** Replies that Redis does not have yet. */
  readonly #unsaved: BoundedCache<string>;

  constructor(
    private readonly redis: RedisConnections,
    limits: Partial<ReplyStoreLimits> = {},
  ) {
    super();
    const { windowMs, maxReplies, maxBytes } = { ...new IdempotencyOptions(), ...limits };
    this.#windowMs = windowMs;
    this.#own = new MemoryReplyStore({ windowMs, maxReplies, maxBytes });
    this.#unsaved = new BoundedCache({ entries: maxReplies, weight: maxBytes }, { ttl: windowMs, weigh: sizeOf });
    redis.define(REPLY, EXECUTION_ID);
    const holding = setInterval(() => this.#holdAll(), Math.min(LEASE_MS, windowMs) / 3).unref();
    redis.state.subscribe({
      next: (state) => state === 'connected' && this.#saveAll(),
      complete: () => clearInterval(holding),
    });
  }

  override claim(key: string): StoredReply | undefined | Promise<StoredReply | undefined> {
    return mapMaybePromise(this.#own.claim(key), (known) => known ?? this.#claim(key));
  }

  override keep(key: string, reply: StoredReply): void {
    const json = JSON.stringify(reply);
    this.#save(key, json);
    this.#own.keep(key, reply);
  }

  override release(key: string): void {
    this.#held.delete(key);
    // Where this fails the claim ends with its lease.
    this.#run('release', key).catch(() => undefined);
    this.#own.release(key);
  }

  override async executionId(key: string): Promise<string> {
    const name = this.#name(key, ':execution');
    const id = await this.redis.run<Buffer>(EXECUTION_ID, name, uniqueId(), Math.ceil(this.#windowMs));
    return id.toString();
  }

  async #claim(key: string): Promise<StoredReply | undefined> {
    try {
      const found = await this.#claimAmongAll(key);
      if (found) this.#own.keep(key, found);
      else this.#held.set(key, Date.now());
      return found;
    } catch (error) {
      this.#own.release(key);
      throw error;
    }
  }

  async #claimAmongAll(key: string): Promise<StoredReply | undefined> {
    const look = new Backoff(MAX_LOOK_MS);
    for (;;) {
      const found = await this.#run('claim', key, Math.min(LEASE_MS, this.#windowMs));
      if (!found) return undefined;
      if (found[0] === 'r') return JSON.parse(found.slice(1)) as StoredReply;
      await look.wait();
    }
  }

  #save(key: string, json: string): void {
    this.#held.delete(key);
    this.#unsaved.set(key, json);
    this.#run('keep', key, this.#windowMs, json).then(
      () => this.#unsaved.delete(key),
      // It is tried again when Redis is back.
      () => undefined,
    );
  }

  #saveAll(): void {
    for (const [key, json] of [...this.#unsaved.entries()]) this.#save(key, json);
  }

  #holdAll(): void {
    const now = Date.now();
    for (const [key, since] of this.#held) {
      const left = since + this.#windowMs - now;
      if (left <= 0) this.#held.delete(key);
      else this.#run('hold', key, Math.min(LEASE_MS, left)).catch(() => undefined);
    }
  }

  async #run(what: string, key: string, ms = 0, json = ''): Promise<string | undefined> {
    const found = await this.redis.run<Buffer | null>(
      ...([REPLY, this.#name(key, ':reply'), what, this.#process, Math.ceil(ms), json] as const),
    );
    return found?.toString();
  }

  /** Clients take part in making the keys: what they make is short in Redis, whatever it is. */
  #name(key: string, what: string): string {
    return this.redis.key(createHash('sha256').update(key).digest('base64url'), what);
  }
}

function sizeOf(json: string, key: string): number {
  return key.length + json.length;
}
