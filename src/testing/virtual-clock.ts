import { Clock } from '../async/clock';
import { inOwnContext } from '../async/own-context';

interface Alarm {
  at: number;
  readonly run: () => void;
  /** Again after this long. */
  readonly everyMs?: number;
}

/**
 * Time that stands still until a test moves it on. It moves the module's own deadlines: heartbeats, token expiry, time-outs of
 * handlers and of `authenticate`, typing, presence grace, rate limits, and how long replies and streams are kept in memory.
 * It does not move Redis, the database, `timestamp` in frames, or the application's own timers.
 */
export class VirtualClock extends Clock {
  readonly #alarms = new Set<Alarm>();
  #now = Date.now();
  #advancing: Promise<void> = Promise.resolve();
  #settle: () => Promise<void> = async () => undefined;

  /** Says how to wait until everything that was sent has been read. */
  whenMoved(settle: () => Promise<void>): void {
    this.#settle = settle;
  }

  override now(): number {
    return this.#now;
  }

  override after(ms: number, run: () => void): () => void {
    return this.#set({ at: this.#now + Math.max(ms, 0), run });
  }

  override every(ms: number, run: () => void): () => void {
    return this.#set({ at: this.#now + ms, run, everyMs: ms });
  }

  /**
   * Moves the time on by so many milliseconds. Everything that falls due on the way happens at its moment, and what it sends
   * is read by those who read before the next moment comes.
   * @throws RangeError when time would go back
   */
  advance(ms: number): Promise<void> {
    if (!(ms >= 0 && ms < Infinity)) throw new RangeError(`clock.advance: time goes on, by 0 ms or more; got ${ms}`);
    const done = this.#advancing.then(() => this.#advanceTo(this.#now + ms));
    // What failed on the way is told to who asked for it, not to who asks for more.
    this.#advancing = done.catch(() => undefined);
    return done;
  }

  async #advanceTo(end: number): Promise<void> {
    await this.#settle();
    for (let next = this.#earliest(end); next; next = this.#earliest(end)) {
      this.#now = next.at;
      this.#ring(next);
      await this.#settle();
    }
    this.#now = end;
  }

  #earliest(end: number): Alarm | undefined {
    let earliest: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.at <= end && !(earliest && earliest.at <= alarm.at)) earliest = alarm;
    }
    return earliest;
  }

  #ring(alarm: Alarm): void {
    if (alarm.everyMs) alarm.at += alarm.everyMs;
    else this.#alarms.delete(alarm);
    inOwnContext(alarm.run);
  }

  #set(alarm: Alarm): () => void {
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }
}
