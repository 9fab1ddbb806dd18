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
import { ChatModule, ChatOptions } from '../../../src/features/chat';
import { MetricsModule, MetricsOptions } from '../../../src/features/metrics';
import { PresenceModule, PresenceOptions } from '../../../src/features/presence';
import { NO_LIMITS } from '../../../src/testing/no-limits';
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

  @RequireRoom()
  @SubscribeMessage('bench_say')
  async say(@ConnectedSocket() _connection: Connection, @MessageBody() { room, n, pad: text }: SayDto) {
    await this.events.emit('bench.said', { n, pad: text }, { room });
  }
}

const LOTS = 1e9;

export interface BenchOptions extends Partial<RealtimeModuleOptions> {
  presence?: Partial<PresenceOptions>;
  chat?: Partial<ChatOptions>;
  metrics?: Partial<MetricsOptions>;
}

@Module({})
class BenchModule {
  static with(options: BenchOptions): DynamicModule {
    const { presence = {}, chat, metrics, ...core } = options;
    const realtime = RealtimeModule.forRoot({
      auth: { secret: BENCH_SECRET },
      policy: 'open',
      ...NO_LIMITS,
      connections: { ...NO_LIMITS.connections, max: LOTS, maxPerAddress: LOTS, maxPerUser: LOTS },
      ...core,
    });
    const imports = [
      realtime,
      PresenceModule.forRoot({ announceMaxConnections: 0, ...presence }),
      ...(chat ? [ChatModule.forRoot(chat)] : []),
      ...(metrics ? [MetricsModule.forRoot(metrics)] : []),
    ];
    return { module: BenchModule, imports, providers: [BenchGateway] };
  }
}

/**
 * This module, with everything on that is on by default: offsets, history, limits, back-pressure, presence. But nobody is
 * told who comes and goes: the others do not tell it either, and it is not what the benchmarks count.
 */
export async function startOurs(options: BenchOptions = {}): Promise<PeerServer> {
  const app = await NestFactory.create(BenchModule.with(options), { logger: ['error', 'warn'] });
  app.useWebSocketAdapter(new RealtimeWsAdapter(app));
  await app.listen(0, '127.0.0.1');
  const events = app.get(EventsService);
  const say = (n: number, text: string, room: string) => events.emit('bench.said', { n, pad: text }, { room });
  return {
    port: (app.getHttpServer() as { address(): AddressInfo }).address().port,
    broadcast: (first, count, filling = pad(145)) =>
      Promise.all(Array.from({ length: count }, (_, i) => say(first + i, filling, 'bench'))),
    spread: (first, count, rooms) =>
      Promise.all(Array.from({ length: count }, (_, i) => say(first + i, pad(145), `room${(first + i) % rooms}`))),
  };
}
