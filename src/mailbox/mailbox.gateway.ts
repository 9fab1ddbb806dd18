import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Connection } from '../connections/connection';
import { Idempotency } from '../gateway/command-options';
import { RealtimeGateway } from '../gateway/realtime-gateway.decorator';
import { RealtimeError } from '../protocol/errors';
import { userRoom } from '../protocol/room-name';
import { Mailbox } from '../rooms/mailbox';
import { Rooms } from '../rooms/rooms';
import { ReceivedDto } from './received.dto';

@RealtimeGateway()
export class MailboxGateway {
  constructor(
    private readonly mailbox: Mailbox,
    private readonly rooms: Rooms,
  ) {}

  /** The user has what is in its own room, up to this offset of the epoch this connection was told. */
  @Idempotency('none')
  @SubscribeMessage('received')
  async received(@ConnectedSocket() { userId }: Connection, @MessageBody() { room, offset }: ReceivedDto) {
    if (room !== userRoom(userId!)) {
      throw new RealtimeError('forbidden', `Only what is in ${userRoom(userId!)} is acknowledged.`);
    }
    const { epoch } = this.rooms.find(room)!.position!;
    await this.mailbox.acknowledge(userId!, { epoch, offset });
    return { event: 'ack', data: {} };
  }
}
