import { Injectable, OnModuleInit, Optional } from '@nestjs/common';
import type { Connection } from '../connections/connection';
import { LogEntry } from '../logging/log-entry';
import { FailureLog } from '../logging/failure-log';
import { invalid } from '../gateway/validation/frame.pipe';
import { Lifecycle } from '../gateway/handshake/lifecycle';
import { RateLimit } from '../gateway/limits/rate-limit';
import { RealtimeError } from '../protocol/errors';
import { EVERYONE, isRoomName, ROOM_NAME_RULE, userRoom } from '../protocol/room-name';
import { RoomsOptions } from './rooms.options';
import { Mailbox } from './mailbox';
import { OwnEpochs } from './own-epochs';
import { Rooms } from './rooms';

/** At admission: the rooms the server keeps a connection in, then those its query asked for, each as `join_room`. */
@Injectable()
export class AutoJoin implements OnModuleInit {
  readonly #failures = new FailureLog();

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly rooms: Rooms,
    private readonly epochs: OwnEpochs,
    private readonly options: RoomsOptions,
    private readonly rateLimit: RateLimit,
    @Optional() private readonly mailbox?: Mailbox,
  ) {}

  onModuleInit(): void {
    this.lifecycle.onAdmission((connection) => this.#admit(connection));
    this.lifecycle.onAdmission((connection, query) => this.#joinAll(connection, query));
  }

  async #admit(connection: Connection): Promise<void> {
    const userId = connection.userId!;
    const { mailbox } = this;
    const mail = mailbox && (await this.#inMailbox(connection, () => mailbox.refresh(userId).then(() => true)));
    await this.rooms.admit(connection, userRoom(userId), async (upTo) => {
      this.epochs.begin(connection, upTo.epoch);
      if (!mail) return [];
      return (await this.#inMailbox(connection, () => mailbox.waiting(userId, upTo))) ?? [];
    });
    await this.rooms.admit(connection, EVERYONE);
  }

  /** A database in trouble keeps nobody out: what waits comes at the next connect, and the client is told. */
  async #inMailbox<T>(connection: Connection, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof RealtimeError)) throw error;
      const message = 'What waits for you cannot be read now. It comes when you connect again.';
      connection.sendError(new RealtimeError(error.code, message));
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
      if (!(error instanceof RealtimeError)) this.#logFailure(connection, error);
      connection.sendError(error instanceof RealtimeError ? error : new RealtimeError('processing_error'));
    }
  }

  #logFailure(connection: Connection, error: unknown): void {
    const stack = error instanceof Error ? error.stack : undefined;
    const text = 'A room could not be joined';
    this.#failures.error(`${text}: ${String(error)}`, new LogEntry(text, connection), stack);
  }
}
