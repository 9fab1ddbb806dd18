/** The last ids that were added, no more than `max`. */
export class RecentIds {
  readonly #ids = new Set<string>();

  constructor(private readonly max: number) {}

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Whether it is new. The oldest one goes where there are too many. */
  add(id: string): boolean {
    if (this.has(id)) return false;
    if (this.#ids.add(id).size > this.max) this.#ids.delete(this.#ids.values().next().value!);
    return true;
  }
}
