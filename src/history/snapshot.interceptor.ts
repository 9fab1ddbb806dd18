import { CallHandler, ExecutionContext, Injectable, NestInterceptor } from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { ThrottledLogger } from '../logging/throttled-logger';
import { RealtimeError } from '../protocol/errors';
import { formatPosition, StreamPosition } from '../protocol/position';
import { isRoomName } from '../protocol/room-name';
import { RoomPositions } from './room-positions';

/** What every HTTP request of Express and Fastify has of use here. */
export interface SnapshotRequest {
  readonly params?: Readonly<Record<string, string | undefined>>;
}

/** A room's name with the route's parameters in it, as `project::id`, or what makes one of the request. */
export type SnapshotRoom = string | ((request: SnapshotRequest) => string);

export const SNAPSHOT_ROOM = 'nestjs-realtime:snapshot-room';
const HEADER = 'Realtime-Position';
/** `:id`, but not the colon of `chat:lobby`. */
const PARAMETER = /(?<![A-Za-z0-9]):([A-Za-z_]\w*)/g;

@Injectable()
export class SnapshotInterceptor implements NestInterceptor {
  readonly #failures = new ThrottledLogger();

  constructor(
    private readonly reflector: Reflector,
    private readonly positions: RoomPositions,
    private readonly host: HttpAdapterHost,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const room = this.reflector.get<SnapshotRoom>(SNAPSHOT_ROOM, context.getHandler());
    const position = await this.#position(roomOf(room, http.getRequest<SnapshotRequest>()));
    if (position) this.host.httpAdapter.setHeader(http.getResponse(), HEADER, formatPosition(position));
    return next.handle();
  }

  /** The handler's answer is worth more than the header. */
  async #position(room: string): Promise<StreamPosition | undefined> {
    if (!isRoomName(room)) return undefined;
    try {
      return await this.positions.of(room);
    } catch (error) {
      if (!(error instanceof RealtimeError)) throw error;
      const kind = `Positions of rooms could not be read: ${error.message}`;
      this.#failures.warn(kind, `The position of ${room} could not be read: ${error.message}`);
      return undefined;
    }
  }
}

function roomOf(room: SnapshotRoom, request: SnapshotRequest): string {
  if (typeof room === 'function') return room(request);
  return room.replace(PARAMETER, (_, name: string) => request.params?.[name] ?? '');
}
