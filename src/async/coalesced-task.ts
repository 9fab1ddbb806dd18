/** Work that is not begun again while it is under way, but once more after it. What of it fails is left for the next time. */
export class CoalescedTask {
  #running = false;
  #again = false;

  constructor(private readonly work: () => Promise<void>) {}

  run(): void {
    if (this.#running) this.#again = true;
    else void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    do {
      this.#again = false;
      await this.work().catch(() => undefined);
    } while (this.#again);
    this.#running = false;
  }
}
