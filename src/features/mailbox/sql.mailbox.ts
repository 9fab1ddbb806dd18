import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Backplane, Publication, StoredPublication } from '../../publishing/backplane';
import { fromRow, toRow } from '../../publishing/publication.codec';
import { ShutdownTasks } from '../../gateway/shutdown/shutdown-tasks';
import { Publisher } from '../../publishing/publisher';
import { RealtimeCounters } from '../../connections/realtime-counters';
import { RealtimeError } from '../../protocol/errors';
import type { StreamPosition } from '../../protocol/position';
import { userRoom } from '../../protocol/room-name';
import { MailboxOptions } from './mailbox.options';
import { RoomKinds } from '../../rooms/room-kinds';
import { Mailbox, MailboxDepth } from '../../rooms/mailbox';
import { Mail, MailboxMessages, StoredMail } from './mailbox-messages.repository';
import { KeyedMutex } from '../../async/keyed-mutex';

const MAX_WAITING = 10_000;
/** Rows in one transaction, so that others get theirs in between. */
const BATCH = 100;
/** Of the messages that are published again at a time, beside the last of them. */
const BATCH_BYTES = 256 * 1024;
const PURGE_MS = 60_000;
/** Nothing is stored behind it. */
const END = Number.MAX_SAFE_INTEGER;

/**
 * The mailbox in the database. A row stands for each message, from before its publication; its position is recorded
 * after. A row without a position, or of an epoch that is gone, is published again with the same id before anything
 * newer is: the stream, or the client, knows it by that.
 */
@Injectable()
export class SqlMailbox extends Mailbox implements OnApplicationBootstrap {
  readonly #logger = new Logger('RealtimeModule');
  readonly #turns = new KeyedMutex(MAX_WAITING);
  #timer: NodeJS.Timeout | undefined;
  #purging: Promise<void> | undefined;

  constructor(
    private readonly messages: MailboxMessages,
    private readonly backplane: Backplane,
    private readonly publisher: Publisher,
    private readonly options: MailboxOptions,
    private readonly kinds: RoomKinds,
    private readonly traffic: RealtimeCounters,
    shutdown: ShutdownTasks,
  ) {
    super();
    shutdown.add(() => this.#close());
  }

  onApplicationBootstrap(): void {
    const purge = (): void => void (this.#purging ??= this.#purge());
    // At once too: a process may not live as long as it takes until the next time.
    purge();
    this.#timer = setInterval(purge, PURGE_MS).unref();
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#purging;
  }

  override put(userId: string, publication: Publication): Promise<StreamPosition> {
    if (this.kinds.historyOf('user').maxPublications === 0) throw withoutOffsets();
    return this.#turns.run(userId, async () => {
      const mail = { userId, ...toRow(publication) };
      // Before it is stored: from then on another node may publish it, which is not to look like an earlier time.
      const end = await this.#end(userId);
      const stored = await this.messages.add(mail, this.options);
      this.traffic.mailboxDropped += stored.dropped;
      await this.#publishBehind(userId, end.epoch, stored.seq);
      const position = await this.publisher.publish(userRoom(userId), publication);
      await this.#settle(stored, position, end);
      return position;
    });
  }

  override async refresh(userId: string): Promise<boolean> {
    if (!(await this.messages.any(userId))) return false;
    await this.#turns.run(userId, async () => this.#publishBehind(userId, (await this.#end(userId)).epoch, END));
    return true;
  }

  override depth(most: number): Promise<MailboxDepth> {
    return this.messages.depth(most);
  }

  override waiting(
    userId: string,
    upTo: StreamPosition,
    after: number,
    maxBytes: number,
  ): Promise<readonly StoredPublication[]> {
    // What another call has stored and not yet placed is not to be missed, nor what was placed in another epoch.
    return this.#turns.run(userId, async () => {
      await this.#publishBehind(userId, upTo.epoch, END);
      const page = await this.messages.page(userId, upTo, after, { since: this.#since(), maxBytes });
      return page.map(({ offset, ...mail }) => ({ ...fromRow(mail), offset }));
    });
  }

  override acknowledge(userId: string, upTo: StreamPosition): Promise<void> {
    return this.#turns.run(userId, async () => {
      if (await this.messages.acknowledge(userId, upTo)) return;
      // The stream may go on under another epoch than the one the messages were placed in.
      await this.#publishBehind(userId, upTo.epoch, END);
      await this.messages.acknowledge(userId, upTo);
    });
  }

  async #end(userId: string): Promise<StreamPosition> {
    return (await this.backplane.page(userRoom(userId), { limit: 0, maxBytes: 0 })).position;
  }

  /** A few at a time: a mailbox that the stream has lost is never in memory as a whole. */
  async #publishBehind(userId: string, epoch: string, before: number): Promise<void> {
    let after = 0;
    for (;;) {
      const range = { after, before, since: this.#since(), maxBytes: BATCH_BYTES };
      const mails = await this.messages.behind(userId, epoch, range);
      if (!mails.length) return;
      await this.#publishAll(userId, mails);
      after = mails.at(-1)!.seq;
    }
  }

  /** One after the other: when one fails, none behind it has overtaken it. */
  async #publishAll(userId: string, mails: readonly Mail[]): Promise<void> {
    const placed: [number, StreamPosition][] = [];
    for (const mail of mails) {
      placed.push([mail.seq, await this.publisher.publish(userRoom(userId), fromRow(mail))]);
    }
    await this.messages.place(placed);
  }

  /**
   * Records where a message is; one that was in the stream before it was stored had been put and acknowledged earlier.
   * It is stored and published, whatever becomes of this: without its position it would be published again, as one.
   */
  async #settle({ seq, isNew }: StoredMail, position: StreamPosition, end: StreamPosition): Promise<void> {
    const wasThere = isNew && position.epoch === end.epoch && position.offset <= end.offset;
    try {
      if (wasThere) await this.messages.remove(seq);
      else await this.messages.place([[seq, position]]);
    } catch (error) {
      this.#logger.debug(`The position of a mailbox message could not be recorded: ${String(error)}`);
    }
  }

  #since(): number {
    return Date.now() - this.options.maxAgeMs;
  }

  async #purge(): Promise<void> {
    try {
      let purged: number;
      do {
        purged = await this.messages.purge(this.#since(), BATCH);
        this.traffic.mailboxDropped += purged;
      } while (purged === BATCH);
    } catch (error) {
      this.#logger.debug(`The mailboxes could not be purged: ${String(error)}`);
    }
    this.#purging = undefined;
  }
}

function withoutOffsets(): RealtimeError {
  return new RealtimeError(
    'unavailable',
    'Without offsets nothing can be acknowledged: the option roomKinds.user.history.maxPublications is 0.',
  );
}
