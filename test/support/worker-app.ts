import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventsService, RealtimeModule, RedisConnections } from '../../src';

// The program of a worker, which emits, waits for a word, and comes to its end by itself.

const [, , url, prefix, how] = process.argv;
const redis = () => new RedisConnections({ url, prefix });

@Injectable()
class Report {
  constructor(private readonly events: EventsService) {}

  async run(): Promise<void> {
    const { offset } = await this.events.emit('report.finished', { id: 7 }, { room: 'project:1' });
    console.log(`at ${offset}.`);
  }
}

@Module({
  imports: [
    how === 'async'
      ? RealtimeModule.forRootAsync({ role: 'emitter', useFactory: async () => ({ redis: redis() }) })
      : RealtimeModule.forRoot({ role: 'emitter', redis: redis() }),
  ],
  providers: [Report],
})
class WorkerModule {}

async function start(): Promise<void> {
  const app = await NestFactory.createApplicationContext(WorkerModule, { logger: ['error', 'warn'] });
  await app.get(Report).run();
  await new Promise((resolve) => process.stdin.once('data', resolve));
  process.stdin.destroy();
  await app.close();
}

void start();
