/** Types an application may make known beside the protocol's; of more, the rest count as `other`. */
const MAX_MORE = 200;

/** Counts frames by type: those it knows each for themselves, all others together, whatever clients make up. */
export class TypeCounts {
  readonly #counts: Map<string, { frames: number }>;
  readonly #other = { frames: 0 };
  readonly #max: number;

  constructor(known: Iterable<string>) {
    this.#counts = new Map(Array.from(known, (type) => [type, { frames: 0 }]));
    this.#max = this.#counts.size + MAX_MORE;
  }

  /** Counts this type for itself from now on. */
  know(type: string): void {
    if (!this.#counts.has(type) && this.#counts.size < this.#max) this.#counts.set(type, { frames: 0 });
  }

  add(type: string, frames = 1): void {
    (this.#counts.get(type) ?? this.#other).frames += frames;
  }

  /** The types that came, and `other`. */
  *entries(): IterableIterator<[type: string, frames: number]> {
    for (const [type, { frames }] of this.#counts) if (frames) yield [type, frames];
    yield ['other', this.#other.frames];
  }
}
