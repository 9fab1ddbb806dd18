import { Injectable, OnModuleInit, Optional } from '@nestjs/common';
import type { Connection } from '../connections/connection';
import { LogEntry } from '../logging/log-entry';
import { ThrottledLogger } from '../logging/throttled-logger';
import { invalid } from '../gateway/validation/frame.pipe';
import { Lifecycle } from '../gateway/handshake/lifecycle';
import { RateLimit } from '../gateway/limits/rate-limit';
import { RealtimeError } from '../protocol/errors';
import { EVERYONE, isRoomName, ROOM_NAME_RULE, userRoom } from '../protocol/room-name';
import type { StreamPosition } from '../protocol/position';
import type { StoredPublication } from '../publishing/backplane';
import { RoomsOptions } from './rooms.options';
import { Mailbox } from './mailbox';
import { PAGE_BYTES } from './catch-up';
import { OwnEpochs } from './own-epochs';
import { Replays } from './replays';
import { RoomRegistry } from './room-registry';

const NONE = Promise.resolve([]);
const MAILBOX_AWAY =
  'Your mailbox is temporarily unavailable. Pending messages will be delivered on your next connection.';

/** At admission: the rooms the server keeps a connection in, then those its query asked for, each as `join_room`. */
@Injectable()
export class AutoJoin implements OnModuleInit {
  readonly #failures = new ThrottledLogger();

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly rooms: RoomRegistry,
    private readonly epochs: OwnEpochs,
    private readonly options: RoomsOptions,
    private readonly rateLimit: RateLimit,
    private readonly replays: Replays,
    @Optional() private readonly mailbox?: Mailbox,
  ) {}

  onModuleInit(): void {
    this.lifecycle.onAdmission((connection) => this.#admit(connection));
    this.lifecycle.onAdmission((connection, query) => this.#joinAll(connection, query));
  }

  async #admit(connection: Connection): Promise<void> {
    const room = userRoom(connection.userId!);
    const leave = await this.#beginMail(connection);
    try {
      await this.rooms.admit(connection, room, (upTo, after) => {
        if (after === 0) this.epochs.begin(connection, upTo.epoch);
        return leave ? this.#mail(connection, upTo, after) : NONE;
      });
    } finally {
      leave?.();
    }
    await this.rooms.admit(connection, EVERYONE);
  }

  /** What it returns ends the replay of the mailbox; undefined where nothing waits, or what waits cannot be read. */
  async #beginMail(connection: Connection): Promise<(() => void) | undefined> {
    const { mailbox, replays } = this;
    if (!mailbox) return undefined;
    return this.#inMailbox(connection, async () => {
      const waits = await mailbox.refresh(connection.userId!);
      return waits ? replays.enter(connection) : undefined;
    });
  }

  async #mail(connection: Connection, upTo: StreamPosition, after: number): Promise<readonly StoredPublication[]> {
    const page = () => this.mailbox!.waiting(connection.userId!, upTo, after, PAGE_BYTES);
    return (await this.#inMailbox(connection, page)) ?? [];
  }

  /** A database in trouble keeps nobody out: what waits comes at the next connect, and the client is told. */
  async #inMailbox<T>(connection: Connection, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      const known = error instanceof RealtimeError;
      if (!known) this.#logFailure(connection, 'A mailbox could not be read', error);
      connection.sendError(new RealtimeError(known ? error.code : 'processing_error', MAILBOX_AWAY));
      return undefined;
    }
  }

  #joinAll(connection: Connection, query: URLSearchParams): void | Promise<void> {
    if (query.size) return this.#joinEach(connection, query);
  }

  async #joinEach(connection: Connection, query: URLSearchParams): Promise<void> {
    const names = [
      ...query.getAll('project_id').map((id) => id && `project:${id}`),
      ...query.getAll('board_id').map((id) => id && `board:${id}`),
      ...query.getAll('room'),
    ];
    // One more than may be joined: its answer says that there is a limit.
    for (const name of names.slice(0, this.options.maxPerConnection + 1)) {
      if (!connection.closed) await this.#join(connection, name);
    }
  }

  async #join(connection: Connection, room: string): Promise<void> {
    try {
      await this.rateLimit.chargeAtConnect(connection, 'join_room');
      if (!isRoomName(room)) throw invalid([{ field: 'room', message: `must be ${ROOM_NAME_RULE}` }]);
      const joined = await this.rooms.join(connection, room, {});
      connection.send('room_joined', { room, ...joined.position, recovered: false, replayed: 0 });
      joined.follow(true);
    } catch (error) {
      if (!(error instanceof RealtimeError)) this.#logFailure(connection, 'A room could not be joined', error);
      connection.sendError(error instanceof RealtimeError ? error : new RealtimeError('processing_error'));
    }
  }

  #logFailure(connection: Connection, text: string, error: unknown): void {
    const stack = error instanceof Error ? error.stack : undefined;
    this.#failures.error(`${text}: ${String(error)}`, new LogEntry(text, connection), stack);
  }
}
