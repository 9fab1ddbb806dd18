import { Timer, type Clock } from './clock';

export interface HeartbeatEvents {
  ping(): void;
  dead(): void;
}

/**
 * Notices a link that carries nothing any more, which no browser tells: after `intervalMs` of silence it asks, and what
 * has not answered half of that later is dead. So a dead link is noticed within one and a half intervals.
 */
export class Heartbeat {
  readonly #timer: Timer;
  #seenAt: number;
  #askedAt: number | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly intervalMs: number,
    private readonly events: HeartbeatEvents,
  ) {
    this.#timer = new Timer(clock);
    this.#seenAt = clock.now();
    this.#listen(intervalMs);
  }

  /** Something came. */
  seen(): void {
    this.#seenAt = this.clock.now();
    this.#askedAt = undefined;
  }

  /** Asks now: the device may have slept, or changed its network. */
  probe(): void {
    if (this.#askedAt === undefined) this.#ask();
  }

  stop(): void {
    this.#timer.clear();
  }

  #ask(): void {
    this.#askedAt = this.clock.now();
    this.events.ping();
    this.#wait(this.intervalMs / 2);
  }

  #listen(ms: number): void {
    this.#timer.set(ms, () => {
      const restMs = this.#seenAt + this.intervalMs - this.clock.now();
      if (restMs > 0) this.#listen(restMs);
      else this.#ask();
    });
  }

  #wait(ms: number): void {
    const due = this.clock.now() + ms;
    this.#timer.set(ms, () => {
      if (this.#askedAt === undefined) return this.#listen(0);
      // The timer is late: we were stopped ourselves, and the answer may be here, unread.
      if (this.clock.now() - due > this.intervalMs / 4) return this.#ask();
      this.events.dead();
    });
  }
}
