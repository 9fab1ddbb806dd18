import { Injectable, Module } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString } from 'class-validator';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { ChatModule } from '../../src/features/chat';
import { MailboxModule } from '../../src/features/mailbox';
import { PresenceModule } from '../../src/features/presence';
import {
  Connection,
  EventsService,
  Identity,
  RealtimeGateway,
  RealtimeModule,
  RoomAction,
  RoomPolicy,
} from '../../src';

class MoveCardDto {
  @IsString() card!: string;
}

/** A gateway as a host writes it. */
@RealtimeGateway()
class CardsGateway {
  constructor(private readonly events: EventsService) {}

  @SubscribeMessage('move_card')
  async move(@ConnectedSocket() connection: Connection, @MessageBody() { card }: MoveCardDto) {
    await this.events.emit('card.moved', { card, by: connection.identity!.userId }, { room: 'board:1' });
    return { event: 'card_moved', data: { card } };
  }
}

/** Nobody but admins may enter what is secret. */
@Injectable()
class Policy extends RoomPolicy {
  override async can({ roles }: Identity, _action: RoomAction, room: string): Promise<boolean> {
    return !room.startsWith('secret:') || roles.includes('admin');
  }
}

/** The application of somebody who tests it with the kit: nothing in it is made for tests. */
@Module({
  imports: [
    RealtimeModule.forRoot({
      auth: { secret: 'a secret of an application, of more than 32 bytes', issuer: 'the-application' },
      policy: Policy,
      // Its cards may be large.
      roomKinds: { board: { history: { maxBytes: 64 * 1024 * 1024 } } },
      storage: new SqliteStorage({ file: 'realtime.sqlite' }),
    }),
    PresenceModule.forRoot(),
    ChatModule.forRoot(),
    MailboxModule.forRoot(),
  ],
  providers: [CardsGateway, Policy],
})
export class AppModule {}
