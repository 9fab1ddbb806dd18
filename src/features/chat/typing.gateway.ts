import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Connection } from '../../connections/connection';
import { Idempotency } from '../../gateway/commands/command-options';
import { RealtimeGateway } from '../../gateway/adapter/realtime-gateway.decorator';
import { RequireRoom } from '../../rooms/room.guard';
import { TypingDto } from './typing.dto';
import { TypingIndicators } from './typing-indicators';

@RealtimeGateway()
export class TypingGateway {
  constructor(private readonly typists: TypingIndicators) {}

  /** Shows the other members of a room that somebody is typing, or stopped. */
  @RequireRoom('typing')
  @Idempotency('none')
  @SubscribeMessage('typing')
  async typing(@ConnectedSocket() connection: Connection, @MessageBody() { room, typing }: TypingDto) {
    if (typing) await this.typists.typing(connection, room);
    else await this.typists.stopped(connection.userId!, room);
    return { event: 'ack', data: { room } };
  }
}
