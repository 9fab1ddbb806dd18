import { RealtimeError } from '../protocol/errors';

interface Line {
  last: Promise<unknown>;
  waiting: number;
}

/** A user with waiting calls may have this fraction of the places that are free: one in eight. */
const PARTS = 8;

/** One thing at a time for each user, in the order they were asked for. */
export class KeyedMutex {
  readonly #lines = new Map<string, Line>();
  #waiting = 0;

  constructor(private readonly maxWaiting: number) {}

  /** @throws RealtimeError `unavailable` when too much of this user waits already, and what the work throws */
  async run<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(userId) ?? { last: Promise.resolve(), waiting: 0 };
    this.#check(line);
    this.#lines.set(userId, line);
    this.#waiting++;
    line.waiting++;
    const mine = line.last.then(work);
    line.last = mine.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await mine;
    } finally {
      this.#waiting--;
      if (--line.waiting === 0) this.#lines.delete(userId);
    }
  }

  /** The first call of a user is refused only while as many users wait. */
  #check({ waiting }: Line): void {
    const free = waiting ? (this.maxWaiting - this.#waiting) / PARTS : this.maxWaiting - this.#lines.size;
    if (waiting < free) return;
    throw new RealtimeError('unavailable', `${waiting} calls of this mailbox are pending already. Try again later.`);
  }
}
