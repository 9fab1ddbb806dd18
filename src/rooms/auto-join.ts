import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import type { Connection } from '../connections/connection';
import { invalid } from '../gateway/frame.pipe';
import { Lifecycle } from '../gateway/lifecycle';
import { RealtimeError } from '../protocol/errors';
import { isRoomName, ROOM_NAME_RULE } from '../protocol/room-name';
import { RealtimeOptions } from '../realtime.options';
import { Rooms } from './rooms';

/** At admission: the rooms the server keeps a connection in, then those its query asked for. */
@Injectable()
export class AutoJoin implements OnModuleInit {
  readonly #logger = new Logger('RealtimeModule');

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly rooms: Rooms,
    private readonly options: RealtimeOptions,
  ) {}

  onModuleInit(): void {
    this.lifecycle.onAdmission((connection) => this.rooms.admit(connection));
    this.lifecycle.onAdmission((connection, query) => this.#joinAll(connection, query));
  }

  async #joinAll(connection: Connection, query: URLSearchParams): Promise<void> {
    const names = [
      ...query.getAll('project_id').map((id) => id && `project:${id}`),
      ...query.getAll('board_id').map((id) => id && `board:${id}`),
      ...query.getAll('room'),
    ];
    // One more than may be joined: its answer says that there is a limit.
    for (const name of names.slice(0, this.options.rooms.maxPerConnection + 1)) {
      if (!connection.closed) await this.#join(connection, name);
    }
  }

  async #join(connection: Connection, room: string): Promise<void> {
    try {
      if (!isRoomName(room)) throw invalid([{ field: 'room', message: `must be ${ROOM_NAME_RULE}` }]);
      const joined = await this.rooms.join(connection, room, {});
      connection.send('room_joined', { room, ...joined.position, recovered: false, replayed: 0 });
      joined.follow(true);
    } catch (error) {
      if (!(error instanceof RealtimeError)) this.#logger.error('A room could not be joined', error);
      connection.send(
        'error',
        (error instanceof RealtimeError ? error : new RealtimeError('processing_error')).toData(),
      );
    }
  }
}
