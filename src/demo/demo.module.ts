import { DynamicModule, Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { join } from 'node:path';
import { RealtimeModule, RealtimeModuleOptions, SqliteStorage } from '../index';
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
    documents: { title: 'Project board', events: EVENT_SCHEMAS },
    // Few people look at a demo: they need not come back over half a minute.
    drain: { windowMs: 3_000 },
    metrics: { enabled: true },
    admin: {},
    policy: ProjectPolicy,
    storage: new SqliteStorage({
      file: join(environment.DATA_DIR, 'realtime.sqlite'),
      migrations: DEMO_MIGRATIONS,
    }),
  };
}
