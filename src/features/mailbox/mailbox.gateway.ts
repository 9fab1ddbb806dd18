import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Connection } from '../../connections/connection';
import { Idempotency } from '../../gateway/commands/command-options';
import { RealtimeGateway } from '../../gateway/adapter/realtime-gateway.decorator';
import { RealtimeError } from '../../protocol/errors';
import { userRoom } from '../../protocol/room-name';
import { Mailbox } from '../../rooms/mailbox';
import { OwnEpochs } from '../../rooms/own-epochs';
import { ReceivedDto } from './received.dto';

@RealtimeGateway()
export class MailboxGateway {
  constructor(
    private readonly mailbox: Mailbox,
    private readonly epochs: OwnEpochs,
  ) {}

  /**
   * The user has what is in its own room, up to this offset of this epoch; of another epoch nothing is acknowledged. A
   * client that names none knows of no other than the one its connection began in.
   */
  @Idempotency('none')
  @SubscribeMessage('received')
  async received(@ConnectedSocket() connection: Connection, @MessageBody() { room, offset, epoch }: ReceivedDto) {
    const { userId } = connection;
    if (room !== userRoom(userId!)) {
      throw new RealtimeError('forbidden', `Only what is in ${userRoom(userId!)} is acknowledged.`);
    }
    await this.mailbox.acknowledge(userId!, { epoch: epoch ?? this.epochs.of(connection), offset });
    return { event: 'ack', data: {} };
  }
}
