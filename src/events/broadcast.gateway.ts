import { UseGuards } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Connection } from '../connections/connection';
import { InboundFrame } from '../connections/inbound-frame';
import { Inbound } from '../gateway/commands/command-options';
import { invalid } from '../gateway/validation/frame.pipe';
import { RealtimeGateway } from '../gateway/adapter/realtime-gateway.decorator';
import { EVERYONE } from '../protocol/room-name';
import { EventsOptions } from '../publishing/events.options';
import { toPublication } from '../publishing/publication';
import { Publisher } from '../publishing/publisher';
import { RoomAccess } from '../rooms/room-access';
import { RoomRegistry } from '../rooms/room-registry';
import { BroadcastDto } from './broadcast.dto';
import { BroadcastGuard } from './broadcast.guard';
import { ClientEvents } from './client-events';
import { EVENT_NAME_RULE, frameTypeOf } from '../protocol/event-name';

@RealtimeGateway()
export class BroadcastGateway {
  constructor(
    private readonly rooms: RoomRegistry,
    private readonly publisher: Publisher,
    private readonly access: RoomAccess,
    private readonly clientEvents: ClientEvents,
    private readonly options: EventsOptions,
  ) {}

  /** A client's own event, which `clientEvents` has: into one joined room, or, for admins, to every connection. */
  @UseGuards(BroadcastGuard)
  @SubscribeMessage('broadcast')
  async broadcast(
    @ConnectedSocket() connection: Connection,
    @MessageBody() { room, event, data }: BroadcastDto,
    @Inbound() frame: InboundFrame,
  ) {
    const type = frameTypeOf(event, this.options.naming);
    if (!type) throw invalid([{ field: 'event', message: `must be ${EVENT_NAME_RULE}` }]);
    const target = room ?? EVERYONE;
    const { userId, name } = connection.identity!;
    this.clientEvents.admit(userId, event, room ?? undefined);
    this.rooms.checkShare(userId);
    const giveBack = await this.access.acquirePublishSlot(connection.identity!, target);
    try {
      const options = { user: { id: userId, name }, publisher: userId };
      const publication = toPublication(target, type, data, await frame.executionId(), options);
      const { offset } = await this.publisher.publish(target, publication);
      return { event: 'ack', data: room && offset > 0 ? { offset } : {} };
    } catch (error) {
      giveBack();
      throw error;
    }
  }
}
