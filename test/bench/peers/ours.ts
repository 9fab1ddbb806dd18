import { CanActivate, DynamicModule, Injectable, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsInt, IsString } from 'class-validator';
import type { AddressInfo } from 'node:net';
import {
  Connection,
  Idempotency,
  EventsService,
  IsRoomName,
  RealtimeGateway,
  RealtimeModule,
  RealtimeModuleOptions,
  RealtimeWsAdapter,
  RequireRoom,
} from '../../../src';
import { BENCH_SECRET, pad, PeerServer } from './peer';

class PingDto {
  @IsInt()
  n!: number;
}

class SayDto {
  @IsRoomName()
  room!: string;

  @IsInt()
  n!: number;

  @IsString()
  pad!: string;
}

@Injectable()
class AllowGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

@RealtimeGateway()
class BenchGateway {
  constructor(private readonly events: EventsService) {}

  @UseGuards(AllowGuard)
  @Idempotency('none')
  @SubscribeMessage('bench_ping')
  ping(@MessageBody() { n }: PingDto) {
    return { event: 'bench_pong', data: { n } };
  }

  @RequireRoom('publish')
  @SubscribeMessage('bench_say')
  async say(@ConnectedSocket() _connection: Connection, @MessageBody() { room, n, pad: text }: SayDto) {
    await this.events.emit('bench.said', { n, pad: text }, { room });
  }
}

const LOTS = 1e9;

@Module({})
class BenchModule {
  static with(options: Partial<RealtimeModuleOptions>): DynamicModule {
    const realtime = RealtimeModule.forRoot({
      auth: { secret: BENCH_SECRET },
      storage: false,
      rateLimit: { perSecond: LOTS, burst: LOTS },
      connections: { max: LOTS, maxPerAddress: LOTS, maxPerUser: LOTS },
      ...options,
    });
    return { module: BenchModule, imports: [realtime], providers: [BenchGateway] };
  }
}

/** This module, with everything on that is on by default: offsets, history, limits, back-pressure. */
export async function startOurs(options: Partial<RealtimeModuleOptions> = {}): Promise<PeerServer> {
  const app = await NestFactory.create(BenchModule.with(options), { logger: ['error', 'warn'] });
  app.useWebSocketAdapter(new RealtimeWsAdapter(app));
  await app.listen(0, '127.0.0.1');
  const events = app.get(EventsService);
  return {
    port: (app.getHttpServer() as { address(): AddressInfo }).address().port,
    broadcast: (first, count, filling = pad(145)) =>
      Promise.all(
        Array.from({ length: count }, (_, i) =>
          events.emit('bench.said', { n: first + i, pad: filling }, { room: 'bench' }),
        ),
      ),
  };
}
