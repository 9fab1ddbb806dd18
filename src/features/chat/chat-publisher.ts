import type { Transaction } from 'kysely';
import { Injectable, Logger } from '@nestjs/common';
import { inOwnContext } from '../../async/own-context';
import { ShutdownTasks } from '../../gateway/shutdown/shutdown-tasks';
import { Backplane, Publication } from '../../publishing/backplane';
import { fromRow, toPublisherRow } from '../../publishing/publication.codec';
import { Publisher } from '../../publishing/publisher';
import type { StreamPosition } from '../../protocol/position';
import type { RoomName } from '../../protocol/room-name';
import type { Database } from '../../storage/database';
import { ChatOutbox, ChatPublication } from './chat-outbox.repository';

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
export class ChatPublisher {
  readonly #logger = new Logger('RealtimeModule');
  #published: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #tidying: Promise<void> = Promise.resolve();

  constructor(
    private readonly publisher: Publisher,
    private readonly outbox: ChatOutbox,
    private readonly backplane: Backplane,
    shutdown: ShutdownTasks,
  ) {
    shutdown.add(() => this.tidy());
  }

  /**
   * Sees to it that what is stored is published. Where the streams end with the process nothing is put into the outbox:
   * who was in a room loads its state anew then, the message in it, and published once more it would be there twice.
   */
  async prepare(trx: Transaction<Database>, room: RoomName, publication: Publication): Promise<ChatPublication> {
    const entry = { room, ...toPublisherRow(publication) };
    return this.backplane.endsWithProcess ? entry : this.outbox.put(trx, entry);
  }

  /** @throws RealtimeError `unavailable`: then the entry stays, and the relay publishes it later */
  async publish({ seq, room, ...row }: ChatPublication): Promise<StreamPosition> {
    const position = await this.publisher.publish(room, fromRow(row));
    if (seq === undefined) return position;
    if (this.#published.length < MAX_PUBLISHED) this.#published.push(seq);
    this.#timer ??= inOwnContext(() => setTimeout(() => void this.tidy(), TIDY_MS).unref());
    return position;
  }

  /** Takes what was published out of the outbox. What cannot be taken out now stays for the next time. */
  tidy(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return (this.#tidying = this.#tidying.then(() => this.#tidy()));
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
