import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SubscribeMessage } from '@nestjs/websockets';
import type { AddressInfo } from 'node:net';
import { RealtimeGateway, RealtimeModule, RealtimeWsAdapter } from '../../src';
import { SECRET } from './tokens';

// A program whose drain takes as long as it may: a handler never ends.

@RealtimeGateway()
class Worker {
  @SubscribeMessage('work')
  async work() {
    console.log('working');
    await new Promise(() => undefined);
  }
}

@Module({
  imports: [RealtimeModule.forRoot({ auth: { secret: SECRET }, policy: 'open', drain: { flushMs: 600_000 } })],
  providers: [Worker],
})
class AppModule {}

async function start(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'log'] });
  app.useWebSocketAdapter(new RealtimeWsAdapter(app));
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  console.log(`listens on ${(app.getHttpServer() as { address(): AddressInfo }).address().port}.`);
}

void start();
