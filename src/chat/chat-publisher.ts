import { Injectable, Logger, OnApplicationShutdown } from '@nestjs/common';
import type { StreamPosition } from '../protocol/position';
import { Rooms } from '../rooms/rooms';
import { ChatOutbox, OutboxEntry } from '../storage/chat-outbox.repository';

/** Entries are taken out of the outbox together, so long after the first of them was published. */
const TIDY_MS = 50;
/** In one statement; also how many may have failed to be taken out before the rest is left to the relay. */
const MAX_TIDY = 1_000;
const MAX_PUBLISHED = 100_000;

/**
 * Leads stored messages into their rooms' streams, and out of the outbox. A publication carries the id of what was
 * stored: whoever else publishes it too, the stream holds it once.
 */
@Injectable()
export class ChatPublisher implements OnApplicationShutdown {
  readonly #logger = new Logger('RealtimeModule');
  #published: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #tidying: Promise<void> = Promise.resolve();

  constructor(
    private readonly rooms: Rooms,
    private readonly outbox: ChatOutbox,
  ) {}

  /** @throws RealtimeError `unavailable`: then the entry stays, and the relay publishes it later */
  async publish({ seq, id, room, body }: OutboxEntry): Promise<StreamPosition> {
    const position = await this.rooms.publish(room, { id, body: Buffer.from(body), delivery: 'reliable' });
    if (this.#published.length < MAX_PUBLISHED) this.#published.push(seq);
    this.#timer ??= setTimeout(() => void this.tidy(), TIDY_MS).unref();
    return position;
  }

  /** Takes what was published out of the outbox. What cannot be taken out now stays for the next time. */
  tidy(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return (this.#tidying = this.#tidying.then(() => this.#tidy()));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.tidy();
  }

  async #tidy(): Promise<void> {
    while (this.#published.length) {
      const seqs = this.#published.slice(0, MAX_TIDY);
      try {
        await this.outbox.remove(seqs);
      } catch (error) {
        this.#logger.debug(`The chat outbox could not be tidied: ${String(error)}`);
        return;
      }
      this.#published = this.#published.slice(seqs.length);
    }
  }
}
