import type { Observable, Subscription } from 'rxjs';
import { RealtimeError } from '../../../protocol/errors';
import type { StreamPosition } from '../../../protocol/position';
import type { RoomName } from '../../../protocol/room-name';
import type { BackplaneState, Publication } from '../../../publishing/backplane';
import type { Streams } from './streams';

export interface WaitingOptions {
  /** How long a publication waits for Redis, milliseconds. */
  maxMs: number;
  /** How many wait; of more, those of the user, or of the room, that has most are refused. @default 1000 */
  maxPublications?: number;
  /** How many bytes of bodies they may hold together. @default 16_777_216 (16 MiB) */
  maxBytes?: number;
}

interface Waiter {
  /** Increases with every publication: their order. */
  readonly number: number;
  readonly room: RoomName;
  readonly publication: Publication;
  /** The user who publishes it, or the room the application publishes in: whoever has most is refused first. */
  readonly owner: string;
  readonly until: number;
  readonly resolve: (position: StreamPosition) => void;
  readonly reject: (error: unknown) => void;
}

const DEFAULTS = { maxPublications: 1000, maxBytes: 16 * 1024 * 1024 };
const TICK_MS = 100;
const TOO_MUCH = 'Too much waits for Redis already. Try again later.';
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
 * Publications that wait for Redis. Those of a room are sent again in the order they were made, with their ids: one that
 * had been taken is not appended twice. No room waits for another one.
 */
export class PublishQueue {
  /** The waiters of each room, in order; no list is empty. */
  readonly #rooms = new Map<RoomName, Waiter[]>();
  readonly #owners = new Map<string, { waiters: number; bytes: number }>();
  #waiters = 0;
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
    this.#timer = setInterval(() => this.#retry(), TICK_MS).unref();
    this.#subscription = state.subscribe((now) => {
      this.#connected = now === 'connected';
      this.#sendWaiting();
    });
  }

  /** @throws RealtimeError `unavailable` when it has waited for too long, or too much waits */
  publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    return new Promise((resolve, reject) => {
      const { publisher } = publication;
      const owner = publisher === undefined ? `room ${room}` : `user ${publisher}`;
      const until = Date.now() + this.options.maxMs;
      const waiter = { number: ++this.#count, room, publication, owner, until, resolve, reject };
      if (this.#rooms.has(room)) this.#wait(waiter);
      else this.#send(waiter);
    });
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#subscription.unsubscribe();
    for (const waiter of this.#all()) this.#refuse(waiter, 'The backplane is closed.');
  }

  #send(waiter: Waiter): void {
    this.streams.publish(waiter.room, waiter.publication).then(waiter.resolve, () => this.#wait(waiter));
  }

  #wait(waiter: Waiter): void {
    this.#add(waiter);
    if (this.#closed) return this.#refuse(waiter, 'The backplane is closed.');
    const { maxPublications, maxBytes } = this.options;
    while (this.#waiters > maxPublications || this.#bytes > maxBytes) this.#refuse(this.#excess(), TOO_MUCH);
  }

  #retry(): void {
    const now = Date.now();
    for (const waiter of this.#all()) if (waiter.until <= now) this.#refuse(waiter, TOO_LATE);
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    if (!this.#connected) return;
    for (const waiter of this.#all()) {
      this.#remove(waiter);
      this.#send(waiter);
    }
  }

  #refuse(waiter: Waiter, message: string): void {
    this.#remove(waiter);
    waiter.reject(new RealtimeError('unavailable', message));
  }

  /** One that was sent before others came to wait goes before them. */
  #add(waiter: Waiter): void {
    const waiters = this.#rooms.get(waiter.room) ?? [];
    waiters.splice(waiters.findLastIndex(({ number }) => number < waiter.number) + 1, 0, waiter);
    this.#rooms.set(waiter.room, waiters);
    this.#tally(waiter, 1);
  }

  #remove(waiter: Waiter): void {
    const waiters = this.#rooms.get(waiter.room)!;
    waiters.splice(waiters.indexOf(waiter), 1);
    if (!waiters.length) this.#rooms.delete(waiter.room);
    this.#tally(waiter, -1);
  }

  #tally({ owner, publication: { body } }: Waiter, sign: 1 | -1): void {
    const held = this.#owners.get(owner) ?? { waiters: 0, bytes: 0 };
    held.waiters += sign;
    held.bytes += sign * body.length;
    this.#waiters += sign;
    this.#bytes += sign * body.length;
    if (held.waiters) this.#owners.set(owner, held);
    else this.#owners.delete(owner);
  }

  /** The newest publication of the owner that takes the largest part of what may wait. */
  #excess(): Waiter {
    const { maxPublications, maxBytes } = this.options;
    let most = '';
    let largest = 0;
    for (const [owner, { waiters, bytes }] of this.#owners) {
      const part = Math.max(waiters / maxPublications, bytes / maxBytes);
      // Of two equal owners the one that began to wait later gives way.
      if (part >= largest) [most, largest] = [owner, part];
    }
    const theirs = this.#all().filter(({ owner }) => owner === most);
    return theirs.reduce((newest, waiter) => (waiter.number > newest.number ? waiter : newest));
  }

  #all(): Waiter[] {
    return [...this.#rooms.values()].flat();
  }
}
