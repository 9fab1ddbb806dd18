/** Lets so many works be under way at a time; the others wait in line. */
export class Semaphore {
  readonly #line: (() => void)[] = [];

  constructor(private free: number) {}

  async run(work: () => Promise<void>): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.#line.push(resolve));
    try {
      await work();
    } finally {
      const next = this.#line.shift();
      if (next) next();
      else this.free++;
    }
  }
}
