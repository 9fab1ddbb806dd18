import {
  ConfigurableModuleAsyncOptions,
  DynamicModule,
  Inject,
  Module,
  ModuleMetadata,
  OnApplicationShutdown,
  Provider,
} from '@nestjs/common';
import { DiscoveryModule, ModuleRef } from '@nestjs/core';
import { adminParts } from './admin/admin-parts';
import { Audit } from './audit/audit';
import { AuditListener } from './audit/audit.listener';
import { AuditLog } from './audit/audit-log';
import { HostAudit, SINK } from './audit/host.audit';
import { NoAudit } from './audit/no.audit';
import { SqlAudit } from './audit/sql.audit';
import { Authenticator } from './auth/authenticator';
import { HostAuthenticator } from './auth/host.authenticator';
import { JwtAuthenticator } from './auth/jwt.authenticator';
import { Backplane } from './backplane/backplane';
import { ChatGateway } from './chat/chat.gateway';
import { ChatPublisher } from './chat/chat-publisher';
import { ChatRelay } from './chat/chat-relay';
import { ChatService } from './chat/chat.service';
import { Attempts } from './chat/channels/attempts';
import { ChannelCache } from './chat/channels/channel-cache';
import { ChannelChanges } from './chat/channels/channel-changes';
import { ChannelEffects } from './chat/channels/channel-effects';
import { ChannelMembership } from './chat/channels/channel-membership';
import { ChannelModeration } from './chat/channels/channel-moderation';
import { ChannelStatistics } from './chat/channels/channel-statistics';
import { ChannelPolicy } from './chat/channels/channel.policy';
import { ChannelsController } from './chat/channels/channels.controller';
import { ChannelsService } from './chat/channels/channels.service';
import { Passwords } from './chat/channels/passwords';
import { SlowMode } from './chat/channels/slow-mode';
import { TypingGateway } from './chat/typing.gateway';
import { Typists } from './chat/typists';
import { Clock } from './clock';
import { Connections } from './connections/connections';
import { Heartbeat } from './connections/heartbeat';
import { Sweep } from './connections/sweep';
import { Traffic } from './connections/traffic';
import { Turn } from './connections/turn';
import { AsyncApi } from './documents/asyncapi';
import { AsyncApiController } from './documents/asyncapi.controller';
import { OpenApi } from './documents/openapi';
import { BroadcastGateway } from './events/broadcast.gateway';
import { EventRouting } from './events/event-routing';
import { EventsService } from './events/events.service';
import { Commands } from './gateway/commands';
import { ConnectionGateway } from './gateway/connection.gateway';
import { Dispatcher } from './gateway/dispatcher';
import { Drain } from './gateway/drain';
import { Draining } from './gateway/draining';
import { Enhancers } from './gateway/enhancers';
import { ErrorBudget } from './gateway/error-budget';
import { ErrorFilter } from './gateway/error.filter';
import { Handshake } from './gateway/handshake';
import { Installation } from './gateway/installation';
import { Lifecycle } from './gateway/lifecycle';
import { MemoryReplyStore } from './gateway/memory-reply-store';
import { RateLimit } from './gateway/rate-limit';
import { Refusals } from './gateway/refusals';
import { ReplyStore } from './gateway/reply-store';
import { UserLimits } from './gateway/user-limits';
import { HistoryGateway } from './history/history.gateway';
import { RoomPositions } from './history/room-positions';
import { MailboxGateway } from './mailbox/mailbox.gateway';
import { NoMailbox } from './mailbox/no.mailbox';
import { SqlMailbox } from './mailbox/sql.mailbox';
import { BackplaneWatch } from './metrics/backplane-watch';
import { Closures } from './metrics/closures';
import { EventLoopDelay } from './metrics/event-loop-delay';
import { FanOut } from './metrics/fan-out';
import { Health } from './metrics/health';
import { HealthRoutes } from './metrics/health.routes';
import { MailboxDepth } from './metrics/mailbox-depth';
import { Measures } from './metrics/measures';
import { Metrics } from './metrics/metrics';
import { Prometheus } from './metrics/prometheus';
import { RealtimeHealthIndicator } from './metrics/realtime-health.indicator';
import { RequestRate } from './metrics/request-rate';
import { StorageWatch } from './metrics/storage-watch';
import { Nodes } from './nodes/nodes';
import { Announcer } from './presence/announcer';
import { Attendance } from './presence/attendance';
import { PresenceGateway } from './presence/presence.gateway';
import { PresenceStore } from './presence/presence-store';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, ROLE, withoutForRoot } from './realtime.module-definition';
import type { GivenOptions, RealtimeModuleOptions } from './realtime.options';
import { RealtimeOptions } from './realtime.options';
import { EmitterModuleOptions, Role } from './role.options';
import { AutoJoin } from './rooms/auto-join';
import { LocalRooms } from './rooms/local-rooms';
import { Mailbox } from './rooms/mailbox';
import { RoomAccess } from './rooms/room-access';
import { Rooms } from './rooms/rooms';
import { RoomsGateway } from './rooms/rooms.gateway';
import { RoomsService } from './rooms/rooms.service';
import { backplaneOf, SharedAdapters } from './shared-adapters';
import { ChannelMembers } from './storage/channel-members.repository';
import { ChannelRows } from './storage/channels.repository';
import { AuditEntries } from './storage/audit-entries.repository';
import { ChatMessages } from './storage/chat-messages.repository';
import { ChatOutbox } from './storage/chat-outbox.repository';
import { MailboxMessages } from './storage/mailbox-messages.repository';
import { NoStorage } from './storage/no.storage';
import { prepared } from './storage/prepared';
import { SqliteStorage } from './storage/sqlite/sqlite.storage';
import { Storage } from './storage/storage';
import { FanOutSpans } from './tracing/fan-out-spans';

/** The adapters of both roles. */
const adapters: Provider[] = [
  {
    provide: RealtimeOptions,
    inject: [MODULE_OPTIONS_TOKEN, ROLE],
    useFactory: (given: GivenOptions, role: Role) => new RealtimeOptions(given, role),
  },
  {
    provide: Storage,
    // After the options are checked: nothing is made for an application that will not boot.
    inject: [MODULE_OPTIONS_TOKEN, ROLE, RealtimeOptions],
    useFactory: ({ storage }: GivenOptions, role: Role) =>
      prepared((storage ?? defaultStorage(role)) || new NoStorage()),
  },
  {
    provide: Mailbox,
    inject: [Storage, MailboxMessages, Backplane, RealtimeOptions, Traffic],
    useFactory: (storage: Storage, ...rest: ConstructorParameters<typeof SqlMailbox>) =>
      storage instanceof NoStorage ? new NoMailbox() : new SqlMailbox(...rest),
  },
];

/** Those of a process that serves clients. */
const nodeAdapters: Provider[] = [
  {
    provide: Authenticator,
    inject: [RealtimeOptions, ModuleRef, Clock],
    useFactory: ({ auth }: RealtimeOptions, moduleRef: ModuleRef, clock: Clock) =>
      auth.authenticator ? new HostAuthenticator(auth.authenticator, moduleRef) : new JwtAuthenticator(auth, clock),
  },
  {
    provide: SharedAdapters,
    inject: [MODULE_OPTIONS_TOKEN, RealtimeOptions],
    useFactory: (...given: ConstructorParameters<typeof SharedAdapters>) => new SharedAdapters(...given),
  },
  { provide: Backplane, inject: [SharedAdapters], useFactory: ({ backplane }: SharedAdapters) => backplane },
  { provide: UserLimits, inject: [SharedAdapters], useFactory: ({ userLimits }: SharedAdapters) => userLimits },
  { provide: Nodes, inject: [SharedAdapters], useFactory: ({ nodes }: SharedAdapters) => nodes },
  {
    provide: MemoryReplyStore,
    inject: [RealtimeOptions, Clock],
    useFactory: ({ idempotency }: RealtimeOptions, clock: Clock) => new MemoryReplyStore(idempotency, clock),
  },
  {
    provide: ReplyStore,
    inject: [SharedAdapters, MemoryReplyStore],
    useFactory: ({ replies }: SharedAdapters, own: MemoryReplyStore) => replies ?? own,
  },
  {
    provide: PresenceStore,
    inject: [SharedAdapters],
    useFactory: ({ presence }: SharedAdapters) => presence,
  },
  {
    provide: Audit,
    inject: [Storage, AuditEntries, RealtimeOptions, Traffic],
    useFactory: (storage: Storage, entries: AuditEntries, options: RealtimeOptions, traffic: Traffic) => {
      const { enabled, sink } = options.audit;
      if (!enabled || (!sink && storage instanceof NoStorage)) return new NoAudit();
      return sink ? new HostAudit(sink) : new SqlAudit(entries, options, traffic);
    },
  },
];

/** What a process that serves clients is made of. */
const node: ModuleMetadata = {
  imports: [DiscoveryModule],
  controllers: [ChannelsController, AsyncApiController],
  providers: [
    ...[...nodeAdapters, SINK],
    ...[Clock, Connections, Turn, Sweep, Heartbeat],
    ...[Commands, Enhancers, Dispatcher, RateLimit, ErrorBudget, ErrorFilter, Lifecycle, Handshake, Draining, Drain],
    ...[Refusals, Installation],
    ...[Rooms, RoomAccess, LocalRooms, RoomsService, AutoJoin],
    ...[ChatMessages, ChatOutbox, ChatPublisher, ChatRelay, ChatService],
    ...[Typists, TypingGateway],
    ...[Attendance, Announcer, PresenceGateway],
    ...[
      ChannelRows,
      ChannelMembers,
      ChannelCache,
      ChannelChanges,
      ChannelEffects,
      ChannelMembership,
      ChannelModeration,
      ChannelPolicy,
      ChannelsService,
    ],
    ...[Attempts, ChannelStatistics, Passwords, SlowMode],
    ...[MailboxGateway],
    ...[AuditEntries, AuditLog, AuditListener],
    ...[BackplaneWatch, Closures, EventLoopDelay, FanOut, MailboxDepth, Measures, Metrics, Prometheus, RequestRate],
    ...[FanOutSpans, AsyncApi, OpenApi],
    ...[StorageWatch, Health, HealthRoutes, RealtimeHealthIndicator],
    ...[ConnectionGateway, RoomsGateway, HistoryGateway, ChatGateway, BroadcastGateway],
  ],
  exports: [
    ...[RoomsService, Rooms, Nodes, Connections, AuditLog, ChannelsService, ChannelModeration],
    ...[Metrics, Health, RealtimeHealthIndicator, AsyncApi],
  ],
};

/** With controllers of its own: their paths are options. */
function nodeOfItsOwn(): ModuleMetadata {
  const { controllers, providers } = adminParts();
  return {
    ...node,
    controllers: [...node.controllers!, ...controllers],
    providers: [...node.providers!, ...providers],
  };
}

/** And one that only emits. */
const emitter: ModuleMetadata = {
  providers: [
    {
      provide: Backplane,
      inject: [MODULE_OPTIONS_TOKEN, RealtimeOptions],
      useFactory: (given: GivenOptions, options: RealtimeOptions) => {
        const backplane = backplaneOf(given, options);
        backplane.configure(options.retention);
        return backplane;
      },
    },
  ],
};

interface Extras {
  /** Whether other modules can inject what it exports without importing it. @default true */
  isGlobal?: boolean;
}

type Options = (RealtimeModuleOptions & Extras & { role?: 'node' }) | (EmitterModuleOptions & Extras);

/** The role stands beside `useFactory`. */
type AsyncOptions =
  | (ConfigurableModuleAsyncOptions<RealtimeModuleOptions> & Extras & { role?: 'node' })
  | (ConfigurableModuleAsyncOptions<Omit<EmitterModuleOptions, 'role'>> & Extras & { role: 'emitter' });

/**
 * Real-time for a Nest application: import it once, inject `EventsService` anywhere. A worker or a cron job imports it
 * with the role `emitter`: there it has `EventsService`, and neither gateways nor an adapter.
 */
@Module({
  providers: [...withoutForRoot, ...adapters, Traffic, EventsService, EventRouting, MailboxMessages, RoomPositions],
  exports: [EventsService, RoomPositions, RealtimeOptions, Traffic, Storage],
})
export class RealtimeModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  constructor(
    private readonly backplane: Backplane,
    private readonly storage: Storage,
    @Inject(MODULE_OPTIONS_TOKEN) private readonly given: GivenOptions,
  ) {
    super();
  }

  static override forRoot(options: Options): DynamicModule {
    return inRole(options?.role, super.forRoot((options ?? {}) as RealtimeModuleOptions));
  }

  static override forRootAsync(options: AsyncOptions): DynamicModule {
    return inRole(options.role, super.forRootAsync(options as ConfigurableModuleAsyncOptions<RealtimeModuleOptions>));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.backplane.close();
    await this.given.redis?.close();
    await this.storage.close();
  }
}

function inRole(role: Role = 'node', definition: DynamicModule): DynamicModule {
  const { imports = [], controllers, providers = [], exports } = role === 'emitter' ? emitter : nodeOfItsOwn();
  return {
    ...definition,
    imports: [...(definition.imports ?? []), ...imports],
    controllers,
    providers: [...(definition.providers ?? []), { provide: ROLE, useValue: role }, ...providers],
    exports,
  };
}

/** A worker has no file of its own beside the nodes'. */
function defaultStorage(role: Role): Storage | false {
  return role === 'node' && new SqliteStorage({ file: 'realtime.sqlite' });
}
