import { Optional } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import type { Identity } from '../auth/identity';
import { Connection } from '../connections/connection';
import { InboundFrame } from '../connections/inbound-frame';
import { RealtimeGateway } from '../gateway/adapter/realtime-gateway.decorator';
import { Inbound } from '../gateway/commands/command-options';
import type { RoomName } from '../protocol/room-name';
import { toPublication } from '../publishing/publication';
import { Publisher } from '../publishing/publisher';
import { RoomAccess } from '../rooms/room-access';
import { RequireRoom } from '../rooms/room.guard';
import { RoomRegistry } from '../rooms/room-registry';
import { Activities } from './activities';
import { ChatReceipt, ChatStore, Repeatable } from './chat-store';
import { ChatDto } from './chat.dto';

@RealtimeGateway()
export class ChatGateway {
  constructor(
    private readonly access: RoomAccess,
    private readonly rooms: RoomRegistry,
    private readonly publisher: Publisher,
    private readonly activities: Activities,
    @Optional() private readonly store?: ChatStore,
  ) {}

  /** Says something to all members of a room, the sender included. */
  @RequireRoom('chat')
  @SubscribeMessage('chat')
  async say(
    @ConnectedSocket() { identity }: Connection,
    @MessageBody() { room, text }: ChatDto,
    @Inbound() frame: InboundFrame,
  ) {
    const giveBack = await this.access.acquirePublishSlot(identity!, room);
    try {
      this.rooms.checkShare(identity!.userId);
      const say = this.store
        ? this.store.say(identity!, room, text, frame)
        : this.#publish(identity!, room, text, frame);
      return { event: 'ack', data: await say };
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  /** The id is the execution's: sent again with the same `message_id`, the message is published once. */
  async #publish({ userId, name }: Identity, room: RoomName, text: string, frame: Repeatable): Promise<ChatReceipt> {
    const id = await frame.executionId();
    const data = { id, text, user: { id: userId, name } };
    const publication = toPublication(room, 'chat', data, id, { publisher: userId });
    const { offset } = await this.publisher.publish(room, publication);
    this.activities.record({ type: 'chat_sent', user: userId, room, target: id });
    return { id, room, offset };
  }
}
