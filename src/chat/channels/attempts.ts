import { Injectable } from '@nestjs/common';
import { BoundedCache } from '../../bounded-cache';
import { RealtimeError } from '../../protocol/errors';
import { RealtimeOptions } from '../../realtime.options';

const WINDOW_MS = 60_000;
const MAX_REMEMBERED = 50_000;

interface Window {
  readonly since: number;
  count: number;
}

/** How often each user tried a channel's password on this node. An attempt counts before it is known to be wrong. */
@Injectable()
export class Attempts {
  readonly #windows = new BoundedCache<Window>({ entries: MAX_REMEMBERED });

  constructor(private readonly options: RealtimeOptions) {}

  /** @throws RealtimeError `rate_limited` */
  spend(channel: string, userId: string): void {
    const key = `${channel} ${userId}`;
    const now = Date.now();
    let window = this.#windows.get(key);
    if (!window || now - window.since >= WINDOW_MS) {
      window = { since: now, count: 0 };
      this.#windows.set(key, window);
    }
    if (++window.count <= this.options.channels.passwordAttemptsPerMinute) return;
    const retryAfterMs = window.since + WINDOW_MS - now;
    throw new RealtimeError('rate_limited', 'Too many passwords tried. Wait.', { retryAfterMs });
  }

  /** After the right one. */
  forget(channel: string, userId: string): void {
    this.#windows.delete(`${channel} ${userId}`);
  }
}
