import type { WebSocket } from 'ws';
import type { Clock } from '../async/clock';
import type { Bucket } from '../options/bucket';
import { TokenBucket } from './token-bucket';

/**
 * How fast one socket is read: as its own bytes and those of its user allow. What came over that is owed, and the socket
 * is not read until it is paid back: a frame that was refused would have cost its bytes all the same. A read brings at most
 * 64 KiB, so that with 20 connections of a user, each in its turn, none rests for longer than 5 s.
 */
export class Intake {
  /** What all connections of its user share; from when the user is known. */
  ofUser: TokenBucket | undefined;
  readonly #own: TokenBucket;
  #held = false;
  /** Ends the rest before its time; there while the socket rests. */
  #wake: (() => void) | undefined;
  #ended = false;

  constructor(
    private readonly ws: Pick<WebSocket, 'pause' | 'resume'>,
    private readonly clock: Clock,
    bytes: Bucket,
  ) {
    this.#own = new TokenBucket(bytes);
  }

  /** Whether it is we who do not read. */
  get paused(): boolean {
    return this.#held || this.#wake !== undefined;
  }

  /** The socket brought this many bytes. */
  arrived(bytes: number): void {
    if (this.#ended) return;
    const now = this.clock.now();
    const ms = Math.max(this.#own.owe(bytes, now), this.ofUser?.owe(bytes, now) ?? 0);
    if (ms > 0) this.#rest(ms);
  }

  /** Reads nothing until `release`. */
  hold(): void {
    this.#held = true;
    this.ws.pause();
  }

  release(): void {
    this.#held = false;
    this.#readOn();
  }

  /** Reads once more, whatever is owed: the client's close frame may be next. */
  close(): void {
    this.#stopResting();
    this.release();
  }

  end(): void {
    this.#ended = true;
    this.#stopResting();
  }

  #rest(ms: number): void {
    this.#stopResting();
    this.#wake = this.clock.after(ms, () => {
      this.#wake = undefined;
      this.#readOn();
    });
    this.ws.pause();
  }

  #stopResting(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  #readOn(): void {
    if (!this.paused) this.ws.resume();
  }
}
