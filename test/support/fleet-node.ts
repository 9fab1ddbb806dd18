import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import type { AddressInfo } from 'node:net';
import {
  EventsService,
  Inbound,
  InboundFrame,
  IsRoomName,
  RealtimeGateway,
  RealtimeModule,
  RealtimeWsAdapter,
  RequireRoom,
  RoomPolicy,
} from '../../src';
import { redis } from '../../src/adapters/redis';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { ChatModule } from '../../src/features/chat';
import { PresenceModule } from '../../src/features/presence';
import { IsString } from 'class-validator';
import type { Times } from './fleet';
import { NO_LIMITS } from '../../src/testing/no-limits';
import { SECRET } from './tokens';

// The program of one of many nodes on one Redis: what an application would run, with shorter times.

const [, , url, file, given] = process.argv;
const { leaseMs, graceMs = 15_000, windowMs = 300 } = JSON.parse(given) as Times;

class OrderDto {
  @IsRoomName()
  room!: string;

  @IsString()
  text!: string;
}

@RealtimeGateway()
class OrdersGateway {
  constructor(private readonly events: EventsService) {}

  @RequireRoom()
  @SubscribeMessage('place_order')
  async place(@MessageBody() { room, text }: OrderDto, @Inbound() frame: InboundFrame) {
    const { offset } = await this.events.emit('order.placed', { text }, { room, id: await frame.executionId() });
    return { event: 'ack', data: { offset } };
  }
}

/** Everybody may do everything, also look at rooms from outside. */
class OnlookersPolicy extends RoomPolicy {
  override can(): boolean {
    return true;
  }

  override allowsNonMember(): boolean {
    return true;
  }
}

@Module({
  imports: [
    RealtimeModule.forRoot({
      auth: { secret: SECRET },
      policy: OnlookersPolicy,
      clientEvents: ['word.said'],
      backplane: redis({
        ...{ url, prefix: 'fleet:', timeoutMs: 500, maxBackoffMs: 300 },
        presence: leaseMs ? { leaseMs } : {},
      }),
      storage: file ? new SqliteStorage({ file, shared: true }) : false,
      ...NO_LIMITS,
      history: { maxPublications: 100_000 },
      drain: { windowMs, flushMs: 3_000 },
    }),
    PresenceModule.forRoot({ graceMs }),
    ...(file ? [ChatModule.forRoot({ relayAfterMs: 500 })] : []),
  ],
  providers: [OrdersGateway],
})
class AppModule {}

async function serve(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  app.useWebSocketAdapter(new RealtimeWsAdapter(app));
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  console.log(`listens on ${(app.getHttpServer() as { address(): AddressInfo }).address().port}.`);
}

void serve();
