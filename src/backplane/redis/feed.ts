import type { StreamPosition } from '../../protocol/position';
import type { RoomName } from '../../protocol/room-name';
import type { Listener } from '../../redis/subscriber';
import { Delivery, Reset, StoredPublication, StreamGap } from '../backplane';
import { decodeDelivery } from './message';
import type { Followed, Streams } from './streams';

/** Who is told what a feed brings. */
export interface FeedEvents {
  delivery(delivery: Delivery): void;
  reset(reset: Reset): void;
  /** The feed cannot go on by itself: it wants to be told when Redis is there again. */
  stuck(room: RoomName): void;
}

/**
 * A room's publications on this node, in order and without a hole, whatever the channel loses. Where one is missing the
 * stream is read from there on; what the channel brings meanwhile is in the stream as well, so nothing waits here.
 */
export class Feed implements Listener {
  /** Up to where the stream was delivered; none before the feed has begun. */
  #followed: Followed | undefined;
  /** It has to read before it may deliver what the channel brings. */
  #behind = true;
  /** The furthest the channel is known to have come since it last asked to read. */
  #ahead: StreamPosition | undefined;
  #reading: Promise<void> | undefined;
  #ended = false;

  constructor(
    private readonly room: RoomName,
    private readonly streams: Streams,
    private readonly events: FeedEvents,
  ) {}

  /** Delivers what comes after the stream's end, which it returns. Call it once the channel is listened to. */
  async begin(): Promise<StreamPosition> {
    const { epoch, offset } = (this.#followed = await this.streams.end(this.room));
    await this.#catchUp();
    return { epoch, offset };
  }

  /** Nothing is delivered any more. */
  end(): void {
    this.#ended = true;
  }

  /** Whatever else somebody says on the channel is not for us. */
  message(bytes: Buffer): void {
    const delivery = this.#ended ? undefined : decodeDelivery(this.room, bytes);
    if (delivery) this.#take(delivery);
  }

  async regained(): Promise<void> {
    // Who began to read is told how that ended.
    await this.#reading?.catch(() => undefined);
    if (!this.#followed) throw new Error('The feed has not begun');
    this.#behind = true;
    const end = await this.streams.end(this.room, this.#followed);
    if (end.epoch !== this.#followed.epoch) this.#reset(end);
    else this.#goTo(end);
    await this.#catchUp();
  }

  #take(delivery: Delivery): void {
    const { epoch, offset, publication } = delivery;
    const followed = this.#followed;
    // What has no place in the stream cannot be read there, and does not wait for what can.
    if (offset === undefined) return followed && this.events.delivery(delivery);
    if (!followed || this.#behind) return this.#goTo({ epoch, offset });
    if (epoch === followed.epoch) {
      if (offset <= followed.offset) return;
      if (offset > followed.offset + 1) return this.#missed({ epoch, offset });
    }
    this.#followed = { epoch, offset, id: publication.id };
    this.events.delivery(delivery);
  }

  #goTo({ epoch, offset }: StreamPosition): void {
    const ahead = this.#ahead;
    // Another epoch than the one followed has to be looked into, whatever else is known.
    if (ahead && this.#followed && ahead.epoch !== this.#followed.epoch) return;
    if (ahead?.epoch === epoch && ahead.offset >= offset) return;
    this.#ahead = { epoch, offset };
  }

  #missed(ahead: StreamPosition): void {
    this.#behind = true;
    this.#goTo(ahead);
    this.#catchUp().catch(() => this.events.stuck(this.room));
  }

  async #catchUp(): Promise<void> {
    try {
      await (this.#reading = this.#readOn());
    } finally {
      this.#reading = undefined;
    }
  }

  async #readOn(): Promise<void> {
    while (this.#isAhead() && !this.#ended) {
      this.#ahead = undefined;
      await this.#readStretch(this.#followed!);
    }
    this.#behind = false;
  }

  /** Of two epochs nobody knows the newer: it is read on, which tells. */
  #isAhead(): boolean {
    const { epoch, offset } = this.#followed!;
    return this.#ahead !== undefined && (this.#ahead.epoch !== epoch || this.#ahead.offset > offset);
  }

  async #readStretch(from: Followed): Promise<void> {
    try {
      const { last, publications } = await this.streams.read(this.room, from);
      for (const publication of publications) this.#replay(from.epoch, publication);
      this.#goTo({ epoch: from.epoch, offset: last });
    } catch (error) {
      if (!(error instanceof StreamGap)) throw error;
      this.#reset(await this.streams.end(this.room, from));
    }
  }

  #replay(epoch: string, publication: StoredPublication): void {
    const { id, offset } = publication;
    this.#followed = { epoch, offset, id };
    if (!this.#ended) this.events.delivery({ room: this.room, epoch, offset, publication, replayed: true });
  }

  #reset(end: Followed): void {
    const { epoch, offset } = (this.#followed = end);
    if (!this.#ended) this.events.reset({ room: this.room, position: { epoch, offset } });
  }
}
