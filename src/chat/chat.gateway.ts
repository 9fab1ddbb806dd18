import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { nanoid } from 'nanoid';
import { Connection } from '../connections/connection';
import { RealtimeGateway } from '../gateway/realtime-gateway.decorator';
import type { ServerFrameData } from '../protocol/frames';
import { toPublication } from '../rooms/publication';
import { RequireRoom } from '../rooms/room.guard';
import { Rooms } from '../rooms/rooms';
import { ChatDto } from './chat.dto';

@RealtimeGateway()
export class ChatGateway {
  constructor(private readonly rooms: Rooms) {}

  /** Says something to all members of a room, the sender included. */
  @RequireRoom('publish')
  @SubscribeMessage('chat')
  async chat(@ConnectedSocket() connection: Connection, @MessageBody() { room, text }: ChatDto) {
    const { userId, name } = connection.identity!;
    const message: ServerFrameData['chat'] = { id: nanoid(), text, user: { id: userId, name } };
    const { offset } = await this.rooms.publish(room, toPublication(room, 'chat', message));
    return { event: 'ack', data: { id: message.id, room, offset } };
  }
}
