import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Backplane, StoredPublication } from '../backplane/backplane';
import { Connection } from '../connections/connection';
import { Idempotency } from '../gateway/command-options';
import { RealtimeGateway } from '../gateway/realtime-gateway.decorator';
import { endPublication } from '../protocol/codec';
import type { ServerFrame, ServerFrameData } from '../protocol/frames';
import { RequireRoom } from '../rooms/room.guard';
import { HistoryDto } from './history.dto';

const DEFAULT_LIMIT = 50;
/** A page ends here even when `limit` allows more: one reply should not fill a client's outbox. */
const MAX_PAGE_BYTES = 256 * 1024;

@RealtimeGateway()
export class HistoryGateway {
  constructor(private readonly backplane: Backplane) {}

  /** A page of the room's stream, newest first. */
  @RequireRoom('history')
  @Idempotency('none')
  @SubscribeMessage('history')
  async history(
    @ConnectedSocket() connection: Connection,
    @MessageBody() { room, before, limit = DEFAULT_LIMIT }: HistoryDto,
  ) {
    const page = await this.backplane.page(room, {
      before: before ?? undefined,
      limit: limit ?? DEFAULT_LIMIT,
      maxBytes: MAX_PAGE_BYTES,
    });
    const mine = page.publications.filter(
      ({ exceptUser }) => exceptUser === undefined || exceptUser !== connection.userId,
    );
    const data: ServerFrameData['history'] = {
      room,
      ...page.position,
      messages: mine.map(toFrame).reverse(),
      has_more: page.hasMore,
    };
    return { event: 'history', data };
  }
}

function toFrame({ body, offset }: StoredPublication): ServerFrame {
  return JSON.parse(Buffer.from(body).toString() + endPublication(offset)) as ServerFrame;
}
