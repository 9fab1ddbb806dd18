import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AddressInfo } from 'node:net';
import { PostgresStorage } from '../../../src/adapters/postgres';
import { RealtimeWsAdapter } from '../../../src';
import { RedisConnections } from '../../../src/adapters/redis';
import { SqliteStorage } from '../../../src/adapters/sqlite';
import { realtimeModules, RealtimeModulesOptions } from '../../support/realtime-modules';
import { SECRET } from '../../support/tokens';
import type { ServerSettings } from './attacked-server';

// The program of an attacked server: the defaults, but for what its settings say.

const { file, redis, postgres, options } = JSON.parse(process.argv[2]) as ServerSettings & { file: string };

const settings = {
  auth: { secret: SECRET },
  policy: 'open',
  storage: postgres ? new PostgresStorage({ url: postgres }) : new SqliteStorage({ file, shared: Boolean(redis) }),
  ...(redis ? { redis: new RedisConnections({ url: redis, prefix: 'hostile:' }) } : {}),
  ...options,
} as RealtimeModulesOptions;

@Module({ imports: realtimeModules(settings) })
class AppModule {}

async function serve(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  app.useWebSocketAdapter(new RealtimeWsAdapter(app));
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  console.log(`listens on ${(app.getHttpServer() as { address(): AddressInfo }).address().port}.`);
}

void serve();
