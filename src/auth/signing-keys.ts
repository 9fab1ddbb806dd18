import type { KeyObject } from 'node:crypto';
import { BoundedCache } from '../async/bounded-cache';
import type { Clock } from '../async/clock';
import { RealtimeError } from '../protocol/errors';
import { JwtAlgorithm, JwtKeyLookup, toPublicKey, toSecretKey } from './jwt-key';

/** No key is looked up by a longer `kid`: clients choose it, and unknown ones are remembered. */
const MAX_KID = 256;
/** For so long, in milliseconds, a `kid` that was not found is not looked up again. */
const UNKNOWN_MS = 10_000;
/** A lookup that takes longer than this, in milliseconds, is no longer shared: it may never end. */
const SHARED_MS = 5_000;
const MAX_REMEMBERED = 1000;
/** So many lookups by unknown `kid`s one address may cause in ten seconds. */
const MAX_MISSES = 20;
const MAX_ADDRESSES = 10_000;

/** Lookups of one address that found nothing. */
interface Misses {
  count: number;
  /** When they are forgotten, milliseconds since 1970. */
  readonly until: number;
}

interface Lookup {
  readonly key: Promise<KeyObject | undefined>;
  readonly startedAt: number;
}

/**
 * The keys that the option `auth.keys` finds. Clients choose the `kid`, so what they cause is bounded: an unknown `kid`
 * is looked up once in ten seconds, tokens with the same `kid` share a lookup, and one address may try a few new ones at a time.
 */
export class SigningKeys {
  /** By algorithm and `kid`: those that were found at least once. */
  readonly #known = new BoundedCache<true>({ entries: MAX_REMEMBERED });
  /** Those that were not, and until when they are not looked up again. */
  readonly #unknown = new BoundedCache<number>({ entries: MAX_REMEMBERED });
  readonly #pending = new BoundedCache<Lookup>({ entries: MAX_REMEMBERED });
  readonly #misses = new BoundedCache<Misses>({ entries: MAX_ADDRESSES });

  constructor(
    private readonly lookUp: JwtKeyLookup,
    private readonly clock: Clock,
  ) {}

  /**
   * The key of a token, `undefined` where there is none.
   * @param address of the client that showed the token
   * @throws RealtimeError `unavailable` when the lookup fails, or the address named too many unknown keys
   */
  async find(kid: string | undefined, algorithm: JwtAlgorithm, address: string): Promise<KeyObject | undefined> {
    if (kid !== undefined && kid.length > MAX_KID) return undefined;
    const name = `${algorithm} ${kid ?? ''}`;
    const now = this.clock.now();
    if ((this.#unknown.get(name) ?? 0) > now) return undefined;
    const pending = this.#pending.get(name);
    if (pending && now - pending.startedAt < SHARED_MS) return pending.key;
    if (!this.#known.has(name)) this.#checkMisses(address, now);
    const key = this.#ask(name, kid, algorithm).then((found) => this.#remember(name, address, found));
    this.#pending.set(name, { key, startedAt: now });
    return key;
  }

  async #ask(name: string, kid: string | undefined, algorithm: JwtAlgorithm): Promise<KeyObject | undefined> {
    try {
      const key = await this.lookUp(kid, algorithm);
      if (!key) return undefined;
      return algorithm.startsWith('HS') ? toSecretKey(key) : toPublicKey(key);
    } catch (cause) {
      throw new RealtimeError('unavailable', 'The signing keys cannot be read now. Try again later.', { cause });
    } finally {
      this.#pending.delete(name);
    }
  }

  #remember(name: string, address: string, key: KeyObject | undefined): KeyObject | undefined {
    if (key) this.#known.set(name, true);
    else this.#missed(name, address);
    return key;
  }

  #missed(name: string, address: string): void {
    const now = this.clock.now();
    this.#known.delete(name);
    this.#unknown.set(name, now + UNKNOWN_MS);
    const misses = this.#missesOf(address, now);
    if (misses) misses.count++;
    else this.#misses.set(address, { count: 1, until: now + UNKNOWN_MS });
  }

  #missesOf(address: string, now: number): Misses | undefined {
    const misses = this.#misses.get(address);
    return misses && misses.until > now ? misses : undefined;
  }

  #checkMisses(address: string, now: number): void {
    if ((this.#missesOf(address, now)?.count ?? 0) < MAX_MISSES) return;
    throw new RealtimeError('unavailable', 'Too many tokens of unknown keys came from this address. Try again later.');
  }
}
