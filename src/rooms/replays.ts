import { Injectable } from '@nestjs/common';
import { Backplane, StreamGap } from '../publishing/backplane';
import type { Connection } from '../connections/connection';
import { Connections } from '../connections/connections';
import type { Frame } from '../connections/frame';
import { ThrottledLogger } from '../logging/throttled-logger';
import { RealtimeError } from '../protocol/errors';
import type { StreamPosition } from '../protocol/position';
import { RoomName, roomKind } from '../protocol/room-name';
import { HistoryOptions } from '../publishing/history.options';
import { RoomKinds } from './room-kinds';
import { catchUp, MissedPage, PAGE_BYTES } from './catch-up';
import type { PreparedJoin } from './join';
import type { RoomJoin } from './room';
import { toReplays } from './room-frame';

interface Waiting {
  readonly connection: Connection;
  readonly begin: () => void;
  readonly refuse: (error: RealtimeError) => void;
}

/** A replay as its join is answered, and the begin of it. */
interface Begun extends Pick<PreparedJoin, 'recovered' | 'replayed' | 'position'> {
  /** Up to where the frames go. */
  readonly sent: StreamPosition;
  readonly frames: readonly Frame[];
  /** Whether it goes on behind them. */
  readonly more?: boolean;
}

/** How many of one user may wait for its others to end. */
const MAX_WAITING_PER_USER = 32;
const RETRY_MS = 1000;

/** How many streams are read for clients at a time, on this node and for each user; the others wait, in order. */
@Injectable()
export class Replays {
  readonly #failures = new ThrottledLogger();
  readonly #running = new Map<string, number>();
  #count = 0;
  #waiting: Waiting[] = [];

  constructor(
    private readonly backplane: Backplane,
    private readonly options: HistoryOptions,
    private readonly kinds: RoomKinds,
    connections: Connections,
  ) {
    connections.closed.subscribe(({ connection }) => this.#refuseClosed(connection));
  }

  /** How many are under way. */
  get count(): number {
    return this.#count;
  }

  /**
   * Waits until a stream may be read for this connection. What it returns ends that, once.
   * @throws RealtimeError `rate_limited` when too many of its user wait, `unavailable` when it closed meanwhile
   */
  async enter(connection: Connection): Promise<() => void> {
    const user = connection.userId!;
    if (!this.#isFree(user)) await this.#wait(connection);
    this.#count++;
    this.#running.set(user, this.#of(user) + 1);
    let ended = false;
    return () => {
      if (!ended) this.#leave(user);
      ended = true;
    };
  }

  /** Reads the begin of what was missed since a position. @throws RealtimeError `unavailable` */
  async begin({ room, connection }: RoomJoin, since: StreamPosition | undefined): Promise<Begun> {
    const delivered = room.position!.offset;
    const missed = since && (await this.missed(room.name, since));
    if (!missed) return { recovered: false, replayed: 0, position: room.position!, sent: room.position!, frames: [] };
    const sent = { epoch: missed.epoch, offset: since.offset + missed.publications.length };
    // What had been delivered here was in the stream: the page ended before.
    const end = Math.min(delivered, room.position!.offset);
    const more = room.position!.epoch === sent.epoch && sent.offset < end;
    const position = more ? { epoch: sent.epoch, offset: end } : sent;
    const frames = toReplays(room.name, missed.publications, connection.userId);
    return { recovered: true, replayed: position.offset - since.offset, position, sent, frames, more };
  }

  /** The begin of what was missed; nothing where the stream does not hold all of it. @throws RealtimeError `unavailable` */
  async missed(room: RoomName, since: StreamPosition): Promise<MissedPage | undefined> {
    if (this.kinds.historyOf(roomKind(room)).maxPublications === 0) return undefined;
    const missed = await ifThere(this.#read(room, since));
    if (missed) return missed;
    // It may be of an earlier epoch, and be a part of the stream all the same.
    const now = await ifThere(this.backplane.locate(room, since));
    return now && now.epoch !== since.epoch ? ifThere(this.#read(room, now)) : undefined;
  }

  /** Sends the rest of what was missed, as the socket takes it. */
  async sendRest(joining: RoomJoin): Promise<void> {
    const { name } = joining.room;
    try {
      await catchUp(joining, (since) => this.missed(name, since));
    } catch (error) {
      const problem = 'The rest of a replay could not be read, so its client received room_reset';
      this.#failures.warn(`${problem}: ${String(error)}`, `${problem} of ${name}: ${String(error)}`);
    }
  }

  async #read(room: RoomName, since: StreamPosition): Promise<MissedPage> {
    return { epoch: since.epoch, publications: await this.backplane.read(room, since, PAGE_BYTES) };
  }

  #wait(connection: Connection): Promise<void> {
    const ofUser = this.#waiting.filter((each) => each.connection.userId === connection.userId).length;
    if (ofUser >= MAX_WAITING_PER_USER) {
      const message = 'Too much is replayed to you already. Try again later.';
      throw new RealtimeError('rate_limited', message, { retryAfterMs: RETRY_MS });
    }
    return new Promise((begin, refuse) => this.#waiting.push({ connection, begin, refuse }));
  }

  #leave(user: string): void {
    this.#count--;
    const left = this.#of(user) - 1;
    if (left > 0) this.#running.set(user, left);
    else this.#running.delete(user);
    const next = this.#waiting.findIndex(({ connection }) => this.#isFree(connection.userId!));
    if (next >= 0) this.#waiting.splice(next, 1)[0].begin();
  }

  #refuseClosed(closed: Connection): void {
    if (!this.#waiting.length) return;
    const gone = this.#waiting.filter(({ connection }) => connection === closed);
    this.#waiting = this.#waiting.filter(({ connection }) => connection !== closed);
    for (const { refuse } of gone) refuse(new RealtimeError('unavailable', 'The connection is closed.'));
  }

  #isFree(user: string): boolean {
    const { maxReplays, maxReplaysPerUser } = this.options;
    return this.#count < maxReplays && this.#of(user) < maxReplaysPerUser;
  }

  #of(user: string): number {
    return this.#running.get(user) ?? 0;
  }
}

/** Nothing where the stream cannot tell. */
async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StreamGap) return undefined;
    throw error;
  }
}
