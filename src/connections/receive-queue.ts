import type { Clock } from '../async/clock';
import type { InboundFrame } from './inbound-frame';

export interface InboxLimits {
  readonly maxFrames: number;
  readonly maxBytes: number;
  readonly handlerTimeoutMs: number;
}

export interface InboxOwner {
  /** Handles one frame. A promise keeps the next one waiting. */
  handle(bytes: Buffer): void | Promise<void>;
  /** The handler of this frame took too long and was given up. */
  timedOut(frame: InboundFrame | undefined): void;
  /** Whether the next frame has to wait, though none is being handled. */
  held(): boolean;
  pause(): void;
  resume(): void;
}

/**
 * The frames of one connection: handled one at a time, in the order they came. When it is full the socket is no longer
 * read, so it never holds more than its limits and what one read from the socket brought.
 */
export class ReceiveQueue {
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #busySince = 0;
  /** Counts the handlers started: one that was given up finds another number here. */
  #run = 0;
  #paused = false;
  #open = false;
  #closed = false;
  /** What keeps the next frame waiting beside the one being handled. */
  #holds = 0;

  /** The frame being handled, as soon as it is decoded. */
  current: InboundFrame | undefined;

  constructor(
    private readonly owner: InboxOwner,
    private readonly limits: InboxLimits,
    private readonly clock: Clock,
  ) {}

  get paused(): boolean {
    return this.#paused;
  }

  get idle(): boolean {
    return !this.#busySince && !this.#waiting.length;
  }

  push(bytes: Buffer): void {
    if (this.#closed) return;
    if (this.#ready && !this.#waiting.length) return this.#handle(bytes);
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (!this.#paused && this.#full) this.#setPaused(true);
  }

  /** Frames are handled from now on, or from when the admission is over: it is the first job. */
  open(admission?: void | Promise<void>): void {
    this.#open = true;
    if (admission) this.#await(admission);
    else this.next();
  }

  /** Handles what waits, until a handler needs time. */
  next(): void {
    while (this.#ready && this.#waiting.length) {
      const bytes = this.#waiting.shift()!;
      this.#waitingBytes -= bytes.length;
      this.#handle(bytes);
    }
    if (this.#paused && !this.#full) this.#setPaused(false);
  }

  /** Gives the current handler up when it has run for too long. */
  expire(at: number): void {
    if (!this.#busySince || at - this.#busySince < this.limits.handlerTimeoutMs) return;
    const frame = this.current;
    frame?.giveUp();
    this.#release();
    this.owner.timedOut(frame);
    this.next();
  }

  /** The next frame waits until what this returns is called, too. */
  hold(): () => void {
    this.#holds++;
    return () => {
      this.#holds--;
      this.next();
    };
  }

  close(): void {
    this.#closed = true;
    this.current?.giveUp();
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  get #ready(): boolean {
    return this.#open && !this.#busySince && !this.#holds && !this.#closed && !this.owner.held();
  }

  get #full(): boolean {
    return this.#waiting.length >= this.limits.maxFrames || this.#waitingBytes >= this.limits.maxBytes;
  }

  #handle(bytes: Buffer): void {
    const pending = this.owner.handle(bytes);
    if (pending) this.#await(pending);
    else this.current = undefined;
  }

  #await(pending: Promise<void>): void {
    const run = ++this.#run;
    this.#busySince = this.clock.now();
    const done = (): void => {
      if (run !== this.#run || !this.#busySince) return;
      this.#release();
      this.next();
    };
    // The handler answers its own failures; one that comes through is a defect, and must not stop the connection.
    pending.then(done, done);
  }

  #release(): void {
    this.#busySince = 0;
    this.#run++;
    this.current = undefined;
  }

  #setPaused(paused: boolean): void {
    this.#paused = paused;
    if (paused) this.owner.pause();
    else this.owner.resume();
  }
}
