import { DynamicModule, Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { join } from 'node:path';
import { RealtimeModule, RealtimeModuleOptions } from '../index';
import { SqliteStorage } from '../adapters/sqlite';
import { AdminModule } from '../features/admin';
import { AsyncApiModule } from '../features/asyncapi';
import { AuditModule } from '../features/audit';
import { ChannelsModule, ChatModule } from '../features/chat';
import { HealthModule } from '../features/health';
import { MailboxModule } from '../features/mailbox';
import { MetricsModule } from '../features/metrics';
import { PresenceModule } from '../features/presence';
import { TracingModule } from '../features/tracing';
import { LoginController } from './auth/login.controller';
import { Tokens } from './auth/tokens';
import { BoardsController } from './boards/boards.controller';
import { BoardsService } from './boards/boards.service';
import { EVENT_SCHEMAS } from './event-schemas';
import { ENVIRONMENT, type Environment } from './environment';
import { PageController } from './page.controller';
import { ProjectPolicy } from './project.policy';
import { ProjectsController } from './projects/projects.controller';
import { ProjectsService } from './projects/projects.service';
import { keptSecret } from './secret';
import { DEMO_MIGRATIONS } from './store/migrations';
import { Store } from './store/store';
import { TasksController } from './tasks/tasks.controller';
import { TasksService } from './tasks/tasks.service';

/** A project board: projects, boards and tasks over REST, and what happens to them over WebSocket. */
@Module({
  controllers: [PageController, ProjectsController, BoardsController, TasksController, LoginController],
  providers: [Store, ProjectsService, BoardsService, TasksService, ProjectPolicy, Tokens],
})
export class DemoModule {
  /** @throws EnvironmentError when there is no secret, and none can be kept */
  static forRoot(environment: Environment): DynamicModule {
    const secret = environment.JWT_SECRET ?? keptSecret(environment.DATA_DIR);
    return {
      module: DemoModule,
      imports: [
        RealtimeModule.forRoot(realtimeOptions(environment, secret)),
        ...FEATURES,
        JwtModule.register({
          secret,
          signOptions: { algorithm: 'HS256', expiresIn: '12h' },
          verifyOptions: { algorithms: ['HS256'] },
        }),
      ],
      providers: [{ provide: ENVIRONMENT, useValue: environment }],
    };
  }
}

const FEATURES = [
  PresenceModule.forRoot(),
  ChatModule.forRoot(),
  ChannelsModule.forRoot(),
  MailboxModule.forRoot(),
  AuditModule.forRoot(),
  MetricsModule.forRoot(),
  HealthModule.forRoot(),
  TracingModule.forRoot(),
  AsyncApiModule.forRoot({ serve: true, title: 'Project board', events: EVENT_SCHEMAS }),
  AdminModule.forRoot(),
];

function realtimeOptions(environment: Environment, secret: string): RealtimeModuleOptions {
  return {
    auth: { secret },
    origins: environment.ORIGINS,
    connections: {
      max: environment.MAX_CONNECTIONS,
      maxPerUser: environment.MAX_CONNECTIONS_PER_USER,
      maxPerAddress: environment.MAX_CONNECTIONS_PER_ADDRESS,
    },
    rateLimit: { perSecond: environment.RATE_PER_SECOND, burst: environment.RATE_BURST },
    history: { maxPublications: environment.HISTORY_SIZE },
    // Few people look at a demo: they need not come back over half a minute.
    drain: { windowMs: 3_000 },
    policy: ProjectPolicy,
    storage: new SqliteStorage({
      file: join(environment.DATA_DIR, 'realtime.sqlite'),
      migrations: DEMO_MIGRATIONS,
    }),
  };
}
