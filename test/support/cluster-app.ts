import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { EventsService, RealtimeGateway, RealtimeModule, RealtimeWsAdapter } from '../../src';
import { ClusterBackplane } from '../../src/adapters/ipc/cluster.backplane';
import { PresenceModule } from '../../src/features/presence';
import { SECRET } from './tokens';

// The program of a worker: an application whose clients can make it speak, and die.

interface Said {
  room: string;
  n: number;
}

@RealtimeGateway()
class ProcessGateway {
  constructor(private readonly events: EventsService) {}

  @SubscribeMessage('which_process')
  which() {
    return { event: 'process', data: { pid: process.pid } };
  }

  @SubscribeMessage('say')
  async say(@MessageBody() { room, n }: Said) {
    const { offset } = await this.events.emit('word.said', { n }, { room });
    return { event: 'said_at', data: { offset } };
  }

  @SubscribeMessage('say_and_die')
  async sayAndDie(@MessageBody() { room, n }: Said) {
    await this.events.emit('word.said', { n }, { room });
    process.kill(process.pid, 'SIGKILL');
  }
}

@Module({
  imports: [
    RealtimeModule.forRootAsync({
      useFactory: () => ({
        auth: { secret: SECRET },
        policy: 'open' as const,
        backplane: new ClusterBackplane(),
        drain: { windowMs: 10 },
      }),
    }),
    PresenceModule.forRoot(),
  ],
  providers: [ProcessGateway],
})
class AppModule {}

async function start(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  app.useWebSocketAdapter(new RealtimeWsAdapter(app));
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
}

void start();
