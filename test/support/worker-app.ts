import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventsService, RealtimeEmitterModule } from '../../src';
import { redis } from '../../src/adapters/redis';

// The program of a worker, which emits, waits for a word, and comes to its end by itself.

const [, , url, prefix, how] = process.argv;
const shared = () => redis({ url, prefix });

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
      ? RealtimeEmitterModule.forRootAsync({ useFactory: async () => ({ backplane: shared() }) })
      : RealtimeEmitterModule.forRoot({ backplane: shared() }),
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
