import {
  ConfigurableModuleAsyncOptions,
  DynamicModule,
  Inject,
  Module,
  ModuleMetadata,
  OnApplicationShutdown,
  Provider,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { adminParts } from './features/admin/admin-parts';
import { Audit } from './features/audit/audit';
import { AuditListener } from './features/audit/audit.listener';
import { AuditLog } from './features/audit/audit-log';
import { HostAudit, SINK } from './features/audit/host.audit';
import { NoAudit } from './features/audit/no.audit';
import { SqlAudit } from './features/audit/sql.audit';
import { authentication } from './authentication.providers';
import { Backplane } from './publishing/backplane';
import { Publisher } from './publishing/publisher';
import { ChatGateway } from './features/chat/chat.gateway';
import { ChatPublisher } from './features/chat/chat-publisher';
import { ChatRelay } from './features/chat/chat-relay';
import { ChatService } from './features/chat/chat.service';
import { Attempts } from './features/chat/channels/attempts';
import { ChannelCache } from './features/chat/channels/channel-cache';
import { ChannelChanges } from './features/chat/channels/channel-changes';
import { ChannelEffects } from './features/chat/channels/channel-effects';
import { ChannelSight } from './features/chat/channels/channel-sight';
import { ConnectedAdmins } from './features/chat/channels/connected-admins';
import { ChannelMembership } from './features/chat/channels/channel-membership';
import { ChannelModeration } from './features/chat/channels/channel-moderation';
import { ChannelStatistics } from './features/chat/channels/channel-statistics';
import { ChannelPolicy } from './features/chat/channels/channel.policy';
import { ChannelsController } from './features/chat/channels/channels.controller';
import { ChannelsService } from './features/chat/channels/channels.service';
import { Passwords } from './features/chat/channels/passwords';
import { SlowMode } from './features/chat/channels/slow-mode';
import { TypingGateway } from './features/chat/typing.gateway';
import { Typists } from './features/chat/typists';
import { Clock } from './async/clock';
import { Connections } from './connections/connections';
import { Heartbeat } from './connections/heartbeat';
import { Sweep } from './connections/sweep';
import { Traffic } from './connections/traffic';
import { Turn } from './connections/turn';
import { AsyncApi } from './features/asyncapi/asyncapi';
import { AsyncApiController } from './features/asyncapi/asyncapi.controller';
import { OpenApi } from './features/asyncapi/openapi';
import { BroadcastGateway } from './events/broadcast.gateway';
import { ClientEvents } from './events/client-events';
import { EventRouting } from './events/event-routing';
import { EventsService } from './events/events.service';
import { Commands } from './gateway/commands/commands';
import { ConnectionGateway } from './gateway/commands/connection.gateway';
import { Dispatcher } from './gateway/commands/dispatcher';
import { Drain } from './gateway/shutdown/drain';
import { Draining } from './gateway/shutdown/draining';
import { Enhancers } from './gateway/commands/enhancers';
import { ErrorBudget } from './gateway/limits/error-budget';
import { ErrorFilter } from './gateway/commands/error.filter';
import { Handshake } from './gateway/handshake/handshake';
import { Installation } from './gateway/adapter/installation';
import { Lifecycle } from './gateway/handshake/lifecycle';
import { MemoryReplyStore } from './gateway/idempotency/memory-reply-store';
import { HandshakeRate } from './gateway/handshake/handshake-rate';
import { RateLimit } from './gateway/limits/rate-limit';
import { UserBytes } from './gateway/limits/user-bytes';
import { Refusals } from './gateway/handshake/refusals';
import { ReplyStore } from './gateway/idempotency/reply-store';
import { UserLimits } from './gateway/limits/user-limits';
import { HistoryGateway } from './history/history.gateway';
import { RoomPositions } from './history/room-positions';
import { MailboxGateway } from './features/mailbox/mailbox.gateway';
import { NoMailbox } from './features/mailbox/no.mailbox';
import { SqlMailbox } from './features/mailbox/sql.mailbox';
import { BackplaneWatch } from './features/metrics/backplane-watch';
import { Closures } from './features/metrics/closures';
import { EventLoopDelay } from './features/metrics/event-loop-delay';
import { FanOut } from './features/metrics/fan-out';
import { Health } from './features/metrics/health';
import { HealthRoutes } from './features/metrics/health.routes';
import { MailboxDepth } from './features/metrics/mailbox-depth';
import { Measures } from './features/metrics/measures';
import { Metrics } from './features/metrics/metrics';
import { Prometheus } from './features/metrics/prometheus';
import { RealtimeHealthIndicator } from './features/metrics/realtime-health.indicator';
import { RequestRate } from './features/metrics/request-rate';
import { StorageWatch } from './features/metrics/storage-watch';
import { Nodes } from './nodes/nodes';
import { Announcer } from './features/presence/announcer';
import { Attendance } from './features/presence/attendance';
import { PresenceGateway } from './features/presence/presence.gateway';
import { PresenceStore } from './features/presence/presence-store';
import {
  AsyncEmitterOptions,
  AsyncNodeOptions,
  ConfigurableModuleClass,
  EmitterOptions,
  MODULE_OPTIONS_TOKEN,
  NodeOptions,
  REALTIME_OPTIONS,
  ROLE,
  withoutForRoot,
} from './realtime.module-definition';
import type { GivenOptions, RealtimeModuleOptions, RealtimeOptions } from './realtime.options';
import { IdempotencyOptions } from './gateway/idempotency/idempotency.options';
import { AuditOptions } from './features/audit/audit.options';
import { MailboxOptions } from './features/mailbox/mailbox.options';
import { options } from './module/option.providers';
import type { Role } from './module/role.options';
import { RoomKinds } from './rooms/room-kinds';
import { AutoJoin } from './rooms/auto-join';
import { Deliveries } from './rooms/deliveries';
import { LocalRooms } from './rooms/local-rooms';
import { Mailbox } from './features/mailbox/mailbox';
import { OwnEpochs } from './rooms/own-epochs';
import { RoomAccess } from './rooms/room-access';
import { Replays } from './rooms/replays';
import { Rooms } from './rooms/rooms';
import { RoomsGateway } from './rooms/rooms.gateway';
import { RoomsService } from './rooms/rooms.service';
import { SenderLimit } from './rooms/sender-limit';
import { backplaneOf, SharedAdapters } from './shared-adapters';
import { ChannelMembers } from './features/chat/channels/channel-members.repository';
import { ChannelRows } from './features/chat/channels/channels.repository';
import { AuditEntries } from './features/audit/audit-entries.repository';
import { ChatMessages } from './features/chat/chat-messages.repository';
import { ChatOutbox } from './features/chat/chat-outbox.repository';
import { MailboxMessages } from './features/mailbox/mailbox-messages.repository';
import { NoStorage } from './storage/no.storage';
import { prepared } from './storage/prepared';
import { SqliteStorage } from './adapters/sqlite/sqlite.storage';
import { Storage } from './storage/storage';
import { FanOutSpans } from './features/tracing/fan-out-spans';

/** The adapters of both roles, and what publishes through them. */
const adapters: Provider[] = [
  ...options,
  Publisher,
  {
    provide: Storage,
    // After the options are checked: nothing is made for an application that will not boot.
    inject: [MODULE_OPTIONS_TOKEN, ROLE, REALTIME_OPTIONS],
    useFactory: ({ storage }: GivenOptions, role: Role) =>
      prepared((storage ?? defaultStorage(role)) || new NoStorage()),
  },
  {
    provide: Mailbox,
    inject: [Storage, MailboxMessages, Backplane, Publisher, MailboxOptions, RoomKinds, Traffic],
    useFactory: (storage: Storage, ...rest: ConstructorParameters<typeof SqlMailbox>) =>
      storage instanceof NoStorage ? new NoMailbox() : new SqlMailbox(...rest),
  },
];

/** Those of a process that serves clients. */
const nodeAdapters: Provider[] = [
  ...authentication,
  {
    provide: SharedAdapters,
    inject: [MODULE_OPTIONS_TOKEN, REALTIME_OPTIONS],
    useFactory: (...given: ConstructorParameters<typeof SharedAdapters>) => new SharedAdapters(...given),
  },
  { provide: Backplane, inject: [SharedAdapters], useFactory: ({ backplane }: SharedAdapters) => backplane },
  { provide: UserLimits, inject: [SharedAdapters], useFactory: ({ userLimits }: SharedAdapters) => userLimits },
  { provide: Nodes, inject: [SharedAdapters], useFactory: ({ nodes }: SharedAdapters) => nodes },
  {
    provide: MemoryReplyStore,
    inject: [IdempotencyOptions, Clock],
    useFactory: (idempotency: IdempotencyOptions, clock: Clock) => new MemoryReplyStore(idempotency, clock),
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
    inject: [Storage, AuditEntries, AuditOptions, Traffic],
    useFactory: (storage: Storage, entries: AuditEntries, options: AuditOptions, traffic: Traffic) => {
      const { enabled, sink } = options;
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
    ...[Refusals, Installation, UserBytes, HandshakeRate],
    ...[Rooms, Replays, Deliveries, RoomAccess, SenderLimit, LocalRooms, RoomsService, AutoJoin, OwnEpochs],
    ...[ChatMessages, ChatOutbox, ChatPublisher, ChatRelay, ChatService],
    ...[Typists, TypingGateway, Attendance, Announcer, PresenceGateway],
    ...[ChannelRows, ChannelMembers, ChannelCache, ChannelChanges, ChannelEffects],
    ...[ChannelMembership, ChannelModeration, ChannelPolicy, ChannelSight, ChannelsService, ConnectedAdmins],
    ...[Attempts, ChannelStatistics, Passwords, SlowMode],
    ...[MailboxGateway, AuditEntries, AuditLog, AuditListener],
    ...[BackplaneWatch, Closures, EventLoopDelay, FanOut, MailboxDepth, Measures, Metrics, Prometheus, RequestRate],
    ...[FanOutSpans, AsyncApi, OpenApi],
    ...[StorageWatch, Health, HealthRoutes, RealtimeHealthIndicator],
    ...[ConnectionGateway, RoomsGateway, HistoryGateway, ChatGateway, BroadcastGateway, ClientEvents],
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
      inject: [MODULE_OPTIONS_TOKEN, REALTIME_OPTIONS],
      useFactory: (given: GivenOptions, resolved: RealtimeOptions) => {
        const backplane = backplaneOf(given, resolved);
        backplane.configure(resolved.kinds.retention);
        return backplane;
      },
    },
  ],
};

/**
 * Real-time for a Nest application: import it once, inject `EventsService` anywhere. A worker or a cron job imports it
 * with the role `emitter`: there it has `EventsService`, and neither gateways nor an adapter.
 */
@Module({
  providers: [...withoutForRoot, ...adapters, Traffic, EventsService, EventRouting, MailboxMessages, RoomPositions],
  exports: [EventsService, RoomPositions, Traffic, Storage],
})
export class RealtimeModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  constructor(
    private readonly backplane: Backplane,
    private readonly storage: Storage,
    @Inject(MODULE_OPTIONS_TOKEN) private readonly given: GivenOptions,
  ) {
    super();
  }

  // Overloads, not a union: an editor documents no option that stands in both parts of a union.
  static override forRoot(options: NodeOptions): DynamicModule;
  static override forRoot(options: EmitterOptions): DynamicModule;
  static override forRoot(options: NodeOptions | EmitterOptions): DynamicModule {
    return inRole(options?.role, super.forRoot((options ?? {}) as RealtimeModuleOptions));
  }

  static override forRootAsync(options: AsyncNodeOptions): DynamicModule;
  static override forRootAsync(options: AsyncEmitterOptions): DynamicModule;
  static override forRootAsync(options: AsyncNodeOptions | AsyncEmitterOptions): DynamicModule {
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
