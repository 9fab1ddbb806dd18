import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Backplane, StoredPublication } from '../publishing/backplane';
import { Connection } from '../connections/connection';
import { Idempotency } from '../gateway/commands/command-options';
import { RealtimeGateway } from '../gateway/adapter/realtime-gateway.decorator';
import { endPublication } from '../protocol/codec';
import type { ServerFrame, ServerFrameData } from '../protocol/frames';
import type { RoomName } from '../protocol/room-name';
import { Replays } from '../rooms/replays';
import { RequireRoom } from '../rooms/room.guard';
import { storedBody } from '../rooms/room-frame';
import { HistoryDto } from './history.dto';

const DEFAULT_LIMIT = 50;
/** A page ends here even when `limit` allows more: one reply should not fill a client's outbox. */
const MAX_PAGE_BYTES = 256 * 1024;

@RealtimeGateway()
export class HistoryGateway {
  constructor(
    private readonly backplane: Backplane,
    private readonly replays: Replays,
  ) {}

  /** A page of the room's stream, newest first; a publication that left this user out is `omitted`, as it was live. */
  @RequireRoom('history')
  @Idempotency('none')
  @SubscribeMessage('history')
  async history(
    @ConnectedSocket() connection: Connection,
    @MessageBody() { room, before, limit = DEFAULT_LIMIT }: HistoryDto,
  ) {
    const request = { before: before ?? undefined, limit: limit ?? DEFAULT_LIMIT, maxBytes: MAX_PAGE_BYTES };
    const end = await this.replays.enter(connection);
    const page = await this.backplane.page(room, request).finally(end);
    const data: ServerFrameData['history'] = {
      room,
      ...page.position,
      messages: page.publications.map((publication) => toFrame(room, publication, connection.userId)).reverse(),
      has_more: page.hasMore,
    };
    return { event: 'history', data };
  }
}

function toFrame(room: RoomName, publication: StoredPublication, userId: string | undefined): ServerFrame {
  const body = storedBody(room, publication, userId);
  return JSON.parse(Buffer.from(body).toString() + endPublication(publication.offset)) as ServerFrame;
}
