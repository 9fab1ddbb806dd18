import { RealtimeError } from '../protocol/errors';

/** One thing at a time for each user, in the order they were asked for. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();
  #waiting = 0;

  constructor(private readonly maxWaiting: number) {}

  /** @throws RealtimeError `unavailable` when too much waits already, and what the work throws */
  async take<T>(userId: string, work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.maxWaiting) {
      throw new RealtimeError('unavailable', `${this.maxWaiting} mailboxes wait for the database already.`);
    }
    this.#waiting++;
    const mine = (this.#last.get(userId) ?? Promise.resolve()).then(work);
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(userId, settled);
    try {
      return await mine;
    } finally {
      this.#waiting--;
      if (this.#last.get(userId) === settled) this.#last.delete(userId);
    }
  }
}
