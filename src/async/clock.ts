import { Injectable } from '@nestjs/common';
import { inOwnContext } from './own-context';

let current = 0;

function forget(): void {
  current = 0;
}

/**
 * Milliseconds since 1970, read once per turn of the event loop: a frame asks several times, and on some machines the
 * clock costs more than encoding the frame.
 */
export function now(): number {
  if (current === 0) {
    current = Date.now();
    setImmediate(forget);
  }
  return current;
}

/**
 * Time, as deadlines are set and kept by: heartbeats, expiries, graces, limits. This one is the system's; the test kit
 * has another. Its timers keep no process alive, and run for no user, whoever's request set them.
 */
@Injectable()
export class Clock {
  /** Milliseconds since 1970. */
  now(): number {
    return now();
  }

  /** Runs once after this many milliseconds, unless what it returns is called before. */
  after(ms: number, run: () => void): () => void {
    const timer = inOwnContext(() => setTimeout(run, ms).unref());
    return () => clearTimeout(timer);
  }

  /** Runs again and again, until what it returns is called. */
  every(ms: number, run: () => void): () => void {
    const timer = inOwnContext(() => setInterval(run, ms).unref());
    return () => clearInterval(timer);
  }
}
