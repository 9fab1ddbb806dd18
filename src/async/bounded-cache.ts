export interface CacheLimits {
  readonly entries: number;
  /** The weight of all entries together, by `weigh`. @default entries */
  readonly weight?: number;
}

export interface CacheOptions<Value> {
  /** How long an entry is kept after it was set, milliseconds. @default Infinity */
  readonly ttl?: number;
  /** The time, milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Returns the weight of an entry. @default 1 for each */
  readonly weigh?: (value: Value, key: string) => number;
}

interface Entry<Value> {
  readonly value: Value;
  readonly weight: number;
  readonly expiresAt: number;
}

/** Keeps the entries that were used last, within limits. It takes memory only for what is in it. */
export class BoundedCache<Value extends NonNullable<unknown>> {
  /** The least recently used first. */
  readonly #entries = new Map<string, Entry<Value>>();
  /** The most recently used: to use it again changes no order. */
  #newest: string | undefined;
  #weight = 0;
  readonly #limits: Required<CacheLimits>;
  readonly #options: Required<CacheOptions<Value>>;

  constructor(
    { entries, weight = entries }: CacheLimits,
    { ttl = Infinity, now = () => performance.now(), weigh = () => 1 }: CacheOptions<Value> = {},
  ) {
    this.#limits = { entries, weight };
    this.#options = { ttl, now, weigh };
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The weight of all entries. */
  get weight(): number {
    return this.#weight;
  }

  /** Whether it is there and has not expired; this does not count as a use. */
  has(key: string): boolean {
    return (this.#entries.get(key)?.expiresAt ?? -1) >= this.#options.now();
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.expiresAt < Infinity && entry.expiresAt < this.#options.now()) return void this.delete(key);
    if (key !== this.#newest) this.#append(key, entry);
    return entry.value;
  }

  /** Adds or replaces an entry. One that weighs more than all may is not kept. */
  set(key: string, value: Value): this {
    const { ttl, now, weigh } = this.#options;
    this.delete(key);
    const weight = weigh(value, key);
    if (weight > this.#limits.weight) return this;
    this.#weight += weight;
    this.#append(key, { value, weight, expiresAt: ttl === Infinity ? Infinity : now() + ttl });
    while (this.#entries.size > this.#limits.entries || this.#weight > this.#limits.weight) this.#evict();
    return this;
  }

  delete(key: string): boolean {
    const entry = this.#entries.get(key);
    if (!entry) return false;
    this.#weight -= entry.weight;
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }

  /** The most recently used first. */
  keys(): string[] {
    return [...this.#entries.keys()].reverse();
  }

  /** The most recently used first. */
  entries(): [key: string, value: Value][] {
    return this.keys().map((key) => [key, this.#entries.get(key)!.value]);
  }

  #append(key: string, entry: Entry<Value>): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#newest = key;
  }

  #evict(): void {
    for (const key of this.#entries.keys()) return void this.delete(key);
  }
}
