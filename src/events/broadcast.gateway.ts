import { UseGuards } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Connection } from '../connections/connection';
import { InboundFrame } from '../connections/inbound-frame';
import { Inbound } from '../gateway/command-options';
import { invalid } from '../gateway/frame.pipe';
import { RealtimeGateway } from '../gateway/realtime-gateway.decorator';
import { EVERYONE } from '../protocol/room-name';
import { RealtimeOptions } from '../realtime.options';
import { toPublication } from '../rooms/publication';
import { RoomAccess } from '../rooms/room-access';
import { Rooms } from '../rooms/rooms';
import { BroadcastDto } from './broadcast.dto';
import { BroadcastGuard } from './broadcast.guard';
import { EVENT_NAME_RULE, frameTypeOf } from '../protocol/event-name';

@RealtimeGateway()
export class BroadcastGateway {
  constructor(
    private readonly rooms: Rooms,
    private readonly access: RoomAccess,
    private readonly options: RealtimeOptions,
  ) {}

  /** A client's own event: into one joined room, or, for admins, to every connection. */
  @UseGuards(BroadcastGuard)
  @SubscribeMessage('broadcast')
  async broadcast(
    @ConnectedSocket() { identity }: Connection,
    @MessageBody() { room, event, data }: BroadcastDto,
    @Inbound() frame: InboundFrame,
  ) {
    const type = frameTypeOf(event, this.options.events.naming);
    if (!type) throw invalid([{ field: 'event', message: `must be ${EVENT_NAME_RULE}` }]);
    const target = room ?? EVERYONE;
    const giveBack = await this.access.takeTurn(identity!, target);
    try {
      const publication = toPublication(target, type, data, await frame.executionId());
      const { offset } = await this.rooms.publish(target, publication);
      return { event: 'ack', data: room && offset > 0 ? { offset } : {} };
    } catch (error) {
      giveBack();
      throw error;
    }
  }
}
