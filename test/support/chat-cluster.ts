import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import cluster from 'node:cluster';
import { RealtimeModule, RealtimeWsAdapter } from '../../src';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { ClusterBackplane } from '../../src/adapters/ipc/cluster.backplane';
import { serveClusterBackplane } from '../../src/adapters/ipc/serve-cluster-backplane';
import { NO_LIMITS } from '../../src/testing/no-limits';
import { ChatModule } from '../../src/features/chat';
import { PresenceModule } from '../../src/features/presence';
import { SECRET } from './tokens';

// The program of a cluster whose workers keep chat in one SQLite file; one that dies is replaced.

const [, , file, workers] = process.argv;

@Module({
  imports: [
    RealtimeModule.forRootAsync({
      useFactory: () => ({
        auth: { secret: SECRET },
        policy: 'open' as const,
        backplane: new ClusterBackplane(),
        storage: new SqliteStorage({ file }),
        ...NO_LIMITS,
        history: { maxPublications: 100_000 },
      }),
    }),
    PresenceModule.forRoot(),
    ChatModule.forRoot({ relayAfterMs: 500 }),
  ],
})
class AppModule {}

async function serve(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  app.useWebSocketAdapter(new RealtimeWsAdapter(app));
  await app.listen(0, '127.0.0.1');
}

function forkAll(): void {
  cluster.setupPrimary({ serialization: 'advanced' });
  serveClusterBackplane();
  for (let n = 0; n < Number(workers); n++) cluster.fork();
  cluster.on('exit', () => cluster.fork());
  cluster.on('listening', ({ process: { pid } }, { port }) => console.log(`${pid} listens on ${port}`));
}

if (cluster.isPrimary) forkAll();
else void serve();
