/** What a test's handler waits at until the test lets it go on. */
export class Gate {
  /** How many have come to it so far. */
  arrived = 0;
  open!: () => void;
  readonly #opened = new Promise<void>((resolve) => (this.open = resolve));

  pass(): Promise<void> {
    this.arrived++;
    return this.#opened;
  }
}
