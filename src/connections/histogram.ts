/** How often a value was at most each of a few bounds: plain numbers, cheap enough for the way of a frame. */
export class Histogram {
  /** One for each bound, and one for what is above all of them. */
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds ascending */
  constructor(readonly bounds: readonly number[]) {
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  get sum(): number {
    return this.#sum;
  }

  observe(value: number, times = 1): void {
    const { bounds } = this;
    let at = 0;
    while (at < bounds.length && value > bounds[at]) at++;
    this.#counts[at] += times;
    this.#sum += value * times;
  }

  /** How many were at most each bound; the last one counts all. */
  get cumulative(): number[] {
    let count = 0;
    return this.#counts.map((more) => (count += more));
  }
}
