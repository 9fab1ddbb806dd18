import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AddressInfo } from 'node:net';
import { EventsService, RealtimeWsAdapter } from '../../src';
import { PostgresStorage } from '../../src/adapters/postgres';
import { RealtimeHealthIndicator } from '../../src/features/health';
import { realtimeModules, RealtimeModulesOptions } from './realtime-modules';
import { SECRET } from './tokens';

// The program of an application with few packages, and the options it is given as JSON; it says where it listens, or in
// one line why it does not.

const given = JSON.parse(process.argv[2]) as RealtimeModulesOptions & { postgres?: string };
const { postgres, ...options } = given;

@Controller()
class HealthController {
  constructor(
    private readonly health: RealtimeHealthIndicator,
    private readonly events: EventsService,
  ) {}

  @Get('health')
  check() {
    return this.health.isReady();
  }

  @Get('emit')
  emit() {
    return this.events.emit('task.created', { n: 1 }, { room: 'project:1' });
  }
}

async function start(): Promise<void> {
  const storage = postgres === undefined ? (false as const) : new PostgresStorage({ url: postgres });
  @Module({
    imports: realtimeModules({ auth: { secret: SECRET }, policy: 'open', storage, ...options }),
    controllers: [HealthController],
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
  app.useWebSocketAdapter(new RealtimeWsAdapter(app));
  await app.listen(0, '127.0.0.1');
  console.log(`listens on ${(app.getHttpServer() as { address(): AddressInfo }).address().port}.`);
}

start().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
