import type { RoomName } from '../../protocol/room-name';
import { uniqueId } from '../../protocol/unique-id';
import { Share } from './share';
import { Stream, STREAM_BYTES } from './stream';

/** What has to go at least when it is too much: the next publication would walk all rooms again. */
const ENOUGH = 0.9;
/** A user whose share is larger than this part of all there may be gives way before any room does. */
const FAIR_SHARE = 1 / 64;

/**
 * The streams of all rooms, within one bound. A room nobody has published into has no stream, only the epoch that one
 * created now would get. Whenever a stream is forgotten that epoch is drawn anew, so that a position of the old stream
 * fits no later one.
 *
 * Who gives way: a user who holds more than `maxBytesPerUser` loses the oldest of what it published. When all together
 * is too much, users with large shares lose half of them, the largest first; then the rooms nobody listens to are
 * forgotten, those first that were published into longest ago; then the largest rooms lose half of what they keep. So a
 * quiet room that people are in loses nothing to what others fill theirs with.
 */
export class Streams {
  /** The least recently used first. */
  readonly #streams = new Map<RoomName, Stream>();
  readonly #shares = new Map<string, Share>();
  /** The rooms subscribed to, and the epoch their subscribers were told. */
  readonly #subscribed = new Map<RoomName, string>();
  readonly #usage = { bytes: 0 };
  #nextEpoch = uniqueId(12);

  /** Bytes all streams take, bookkeeping included. */
  get bytes(): number {
    return this.#usage.bytes;
  }

  [Symbol.iterator](): IterableIterator<Stream> {
    return this.#streams.values();
  }

  find(room: RoomName): Stream | undefined {
    return this.#streams.get(room);
  }

  /** The epoch of a room, whether it has a stream or not. */
  epochOf(room: RoomName): string {
    return this.#streams.get(room)?.epoch ?? this.#subscribed.get(room) ?? this.#nextEpoch;
  }

  subscribe(room: RoomName): void {
    this.#subscribed.set(room, this.epochOf(room));
  }

  unsubscribe(room: RoomName): void {
    this.#subscribed.delete(room);
  }

  isSubscribed(room: RoomName): boolean {
    return this.#subscribed.has(room);
  }

  /** The room's stream, to be published into. */
  touch(room: RoomName): Stream {
    let stream = this.#streams.get(room);
    if (stream) {
      this.#streams.delete(room);
    } else {
      stream = new Stream(room, this.epochOf(room), this.#usage);
      this.#usage.bytes += STREAM_BYTES;
    }
    this.#streams.set(room, stream);
    return stream;
  }

  shareOf(user: string): Share {
    let share = this.#shares.get(user);
    if (!share) this.#shares.set(user, (share = new Share(user)));
    return share;
  }

  /** Keeps a user within this many bytes. */
  boundShare(share: Share, maxBytes: number): void {
    if (share.bytes > maxBytes) this.#shrink(share, maxBytes * ENOUGH);
  }

  bound(maxBytes: number): void {
    if (this.bytes <= maxBytes) return;
    const enough = maxBytes * ENOUGH;
    this.#shrinkShares(enough, maxBytes * FAIR_SHARE);
    this.#forgetUnheard(enough);
    this.#halveLargest(enough);
  }

  /** Forgets a stream that holds nothing, and whose end nobody needs to know. */
  tidy(stream: Stream): void {
    if (stream.size === 0 && !this.#subscribed.has(stream.room)) this.#forget(stream);
  }

  /** Forgets the users of whom nothing is kept any more. */
  tidyShares(): void {
    for (const [user, share] of this.#shares) if (share.bytes === 0) this.#shares.delete(user);
  }

  #shrinkShares(enough: number, fair: number): void {
    while (this.bytes > enough) {
      const heaviest = this.#heaviestShare();
      if (!heaviest || heaviest.bytes <= fair) return;
      this.#shrink(heaviest, heaviest.bytes / 2);
    }
  }

  #heaviestShare(): Share | undefined {
    let heaviest: Share | undefined;
    for (const share of this.#shares.values()) if (share.bytes > (heaviest?.bytes ?? 0)) heaviest = share;
    return heaviest;
  }

  /** The oldest of a share goes: first where nothing of others is older, then where it holds most. */
  #shrink(share: Share, bytes: number): void {
    for (const stream of share.streams) {
      if (share.bytes <= bytes) return;
      stream.dropShare(share, bytes);
      this.tidy(stream);
    }
    while (share.bytes > bytes) {
      const stream = share.heaviest!;
      stream.drop(Math.ceil(stream.size / 2));
      this.tidy(stream);
    }
  }

  #forgetUnheard(enough: number): void {
    for (const stream of this.#streams.values()) {
      if (this.bytes <= enough) return;
      if (!this.#subscribed.has(stream.room)) this.#forget(stream);
    }
  }

  #halveLargest(enough: number): void {
    while (this.bytes > enough) {
      const streams = [...this.#streams.values()].filter(({ size }) => size).sort((a, b) => b.bytes - a.bytes);
      if (!streams.length) return;
      const large = streams[0].bytes / 2;
      for (const stream of streams) {
        if (this.bytes > enough && stream.bytes > large) stream.drop(Math.ceil(stream.size / 2));
      }
    }
  }

  #forget(stream: Stream): void {
    stream.drop(stream.size);
    this.#streams.delete(stream.room);
    this.#usage.bytes -= STREAM_BYTES;
    this.#nextEpoch = uniqueId(12);
  }
}
