import type { Observable, Subscription } from 'rxjs';
import { RealtimeError } from '../../protocol/errors';
import type { StreamPosition } from '../../protocol/position';
import type { RoomName } from '../../protocol/room-name';
import type { BackplaneState, Publication } from '../backplane';
import type { Streams } from './streams';

export interface WaitingOptions {
  /** How long a publication waits for Redis, milliseconds. */
  maxMs: number;
  /** How many wait; more are refused. @default 1000 */
  maxPublications?: number;
  /** What they may hold together. @default 16_777_216 (16 MiB) */
  maxBytes?: number;
}

interface Waiter {
  /** Counts on with every publication: their order. */
  readonly number: number;
  readonly room: RoomName;
  readonly publication: Publication;
  readonly until: number;
  readonly resolve: (position: StreamPosition) => void;
  readonly reject: (error: unknown) => void;
}

const DEFAULTS = { maxPublications: 1000, maxBytes: 16 * 1024 * 1024 };
const TICK_MS = 100;
const TOO_LATE = 'Redis did not answer in time: this may be done or not. Try again later.';

/** @throws Error */
export function resolveWaiting(given: WaitingOptions): Readonly<Required<WaitingOptions>> {
  const options = { ...DEFAULTS, ...given };
  for (const [name, value] of Object.entries<unknown>(options)) {
    if (name !== 'maxMs' && !Object.hasOwn(DEFAULTS, name)) {
      throw new Error(`RedisBackplane: there is no option waiting.${name}.`);
    }
    if (Number.isSafeInteger(value) && (value as number) > 0) continue;
    throw new Error(`RedisBackplane: waiting.${name} must be a whole number above 0, got ${JSON.stringify(value)}.`);
  }
  return Object.freeze(options);
}

/**
 * Publications that wait for Redis. They are sent again in the order they were made, with their ids: one that had been
 * taken is not appended twice.
 */
export class Waiting {
  /** In order. */
  #waiters: Waiter[] = [];
  #bytes = 0;
  #count = 0;
  #connected = false;
  #closed = false;
  readonly #timer: NodeJS.Timeout;
  readonly #subscription: Subscription;

  constructor(
    private readonly options: Readonly<Required<WaitingOptions>>,
    private readonly streams: Streams,
    state: Observable<BackplaneState>,
  ) {
    this.#timer = setInterval(() => this.#refuseLate(), TICK_MS).unref();
    this.#subscription = state.subscribe((now) => {
      this.#connected = now === 'connected';
      this.#sendWaiting();
    });
  }

  /** @throws RealtimeError `unavailable` when it has waited for too long, or too much waits */
  publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    return new Promise((resolve, reject) => {
      const until = Date.now() + this.options.maxMs;
      const waiter = { number: ++this.#count, room, publication, until, resolve, reject };
      if (this.#waiters.length) this.#wait(waiter);
      else this.#send(waiter);
    });
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#subscription.unsubscribe();
    for (const waiter of this.#takeAll()) this.#wait(waiter);
  }

  #send(waiter: Waiter): void {
    this.streams.publish(waiter.room, waiter.publication).then(waiter.resolve, () => this.#wait(waiter));
  }

  #wait(waiter: Waiter): void {
    if (this.#closed) return waiter.reject(new RealtimeError('unavailable', 'The backplane is closed.'));
    const { body } = waiter.publication;
    const { maxPublications, maxBytes } = this.options;
    if (this.#waiters.length === maxPublications || this.#bytes + body.length > maxBytes) {
      return waiter.reject(new RealtimeError('unavailable', 'Too much waits for Redis already. Try again later.'));
    }
    this.#bytes += body.length;
    // One that was sent before others came to wait goes before them.
    const place = this.#waiters.findLastIndex(({ number }) => number < waiter.number) + 1;
    this.#waiters.splice(place, 0, waiter);
  }

  #refuseLate(): void {
    const now = Date.now();
    for (const waiter of this.#takeAll()) {
      if (waiter.until > now) this.#wait(waiter);
      else waiter.reject(new RealtimeError('unavailable', TOO_LATE));
    }
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    if (this.#connected) for (const waiter of this.#takeAll()) this.#send(waiter);
  }

  #takeAll(): Waiter[] {
    const waiters = this.#waiters;
    this.#waiters = [];
    this.#bytes = 0;
    return waiters;
  }
}
