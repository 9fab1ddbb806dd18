import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Connection } from '../../connections/connection';
import { Idempotency } from '../../gateway/commands/command-options';
import { RealtimeGateway } from '../../gateway/adapter/realtime-gateway.decorator';
import { RequireRoom } from '../../rooms/room.guard';
import { ChatDeleteDto, ChatEditDto, ChatHistoryDto } from './chat.dto';
import { ChatService } from './chat.service';

const DEFAULT_LIMIT = 50;

@RealtimeGateway()
export class ChatMessagesGateway {
  constructor(private readonly chat: ChatService) {}

  @RequireRoom('chat')
  @SubscribeMessage('chat_edit')
  async edit(@ConnectedSocket() { identity }: Connection, @MessageBody() { room, id, text }: ChatEditDto) {
    return { event: 'ack', data: await this.chat.edit(identity!, room, id, text) };
  }

  @RequireRoom('chat')
  @SubscribeMessage('chat_delete')
  async delete(@ConnectedSocket() { identity }: Connection, @MessageBody() { room, id }: ChatDeleteDto) {
    return { event: 'ack', data: await this.chat.delete(identity!, room, id) };
  }

  /** What was said in a room, out of the database, newest first. */
  @RequireRoom('history')
  @Idempotency('none')
  @SubscribeMessage('chat_history')
  async history(@ConnectedSocket() _connection: Connection, @MessageBody() { room, before, limit }: ChatHistoryDto) {
    const page = await this.chat.page(room, before ?? undefined, limit ?? DEFAULT_LIMIT);
    return { event: 'chat_history', data: { room, ...page } };
  }
}
