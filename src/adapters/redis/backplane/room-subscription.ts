import type { StreamPosition } from '../../../protocol/position';
import type { RoomName } from '../../../protocol/room-name';
import type { Listener } from '../subscriber';
import { Delivery, Renewal, Reset, StoredPublication, StreamGap } from '../../../publishing/backplane';
import { decodeDelivery } from './message';
import type { Streams } from './streams';

/** Who is told what a feed brings. */
export interface FeedEvents {
  delivery(delivery: Delivery): void;
  renewal(renewal: Renewal): void;
  reset(reset: Reset): void;
  /** The feed cannot go on by itself: it wants to be told when Redis is there again. */
  stuck(room: RoomName): void;
}

/**
 * A room's publications on this node, in order and without a hole, whatever the channel loses. Where one is missing the
 * stream is read from there on; what the channel brings meanwhile is in the stream as well, so nothing waits here.
 */
export class RoomSubscription implements Listener {
  /** Up to where the stream was delivered; none before the feed has begun. */
  #followed: StreamPosition | undefined;
  /** It has to read before it may deliver what the channel brings. */
  #behind = true;
  /** The furthest the channel is known to have come since it last asked to read. */
  #ahead: StreamPosition | undefined;
  /** The place before the first publication that was heard of another epoch than the one followed. */
  #before: StreamPosition | undefined;
  #reading: Promise<void> | undefined;
  #regaining: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(
    private readonly room: RoomName,
    private readonly streams: Streams,
    private readonly events: FeedEvents,
  ) {}

  /** Delivers what comes after the stream's end, which it returns. Call it once the channel is listened to. */
  async begin(): Promise<StreamPosition> {
    const { epoch, offset } = await this.streams.end(this.room);
    this.#followed = { epoch, offset };
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

  /** One after the other: each looks at what is there when it is its turn. */
  regained(): Promise<void> {
    return (this.#regaining = this.#regaining.catch(() => undefined).then(() => this.#regain()));
  }

  /** The stream is known to have another epoch now: it is followed there when this resolves. */
  async reach(epoch: string): Promise<void> {
    if (this.#followed && this.#followed.epoch !== epoch) await this.regained();
  }

  async #regain(): Promise<void> {
    // Who began to read is told how that ended.
    await this.#reading?.catch(() => undefined);
    if (!this.#followed) throw new Error('The feed has not begun');
    this.#behind = true;
    await this.#look(this.#followed);
    await this.#catchUp();
  }

  #take(delivery: Delivery): void {
    const { epoch, offset } = delivery;
    const followed = this.#followed;
    // What has no place in the stream cannot be read there, and does not wait for what can.
    if (offset === undefined) return followed && this.events.delivery(delivery);
    if (!followed || this.#behind) return this.#goTo({ epoch, offset });
    if (epoch !== followed.epoch) this.#before = { epoch, offset: offset - 1 };
    if (epoch !== followed.epoch || offset > followed.offset + 1) return this.#missed({ epoch, offset });
    if (offset <= followed.offset) return;
    this.#followed = { epoch, offset };
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

  async #readStretch(from: StreamPosition): Promise<void> {
    try {
      const { last, publications } = await this.streams.read(this.room, from);
      for (const publication of publications) this.#replay(from.epoch, publication);
      this.#goTo({ epoch: from.epoch, offset: last });
    } catch (error) {
      if (!(error instanceof StreamGap)) throw error;
      await this.#look(from, error);
    }
  }

  /** Where the stream ends now, and whether what was followed of it still is its begin. */
  async #look(from: StreamPosition, gap?: StreamGap): Promise<void> {
    const end = await this.streams.end(this.room, from);
    const isRenewed = end.epoch !== from.epoch;
    if (from.offset > end.left || (gap && !isRenewed)) return this.#reset(end);
    if (isRenewed) this.#renew({ epoch: end.epoch, offset: from.offset }, end.left);
    this.#goTo(end);
  }

  #replay(epoch: string, publication: StoredPublication): void {
    const { offset } = publication;
    this.#followed = { epoch, offset };
    if (!this.#ended) this.events.delivery({ room: this.room, epoch, offset, publication, replayed: true });
  }

  #renew(position: StreamPosition, left: number): void {
    this.#followed = position;
    if (!this.#ended) this.events.renewal({ room: this.room, position, left });
  }

  /** It is followed from the end on, or from the first publication that was heard since it is another one. */
  #reset({ epoch, offset }: StreamPosition): void {
    this.#followed = this.#before?.epoch === epoch ? this.#before : { epoch, offset };
    this.#before = undefined;
    if (!this.#ended) this.events.reset({ room: this.room, position: this.#followed });
    this.#goTo({ epoch, offset });
  }
}
