import { Module, OnApplicationBootstrap, OnApplicationShutdown, Provider } from '@nestjs/common';
import { DiscoveryModule, HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { Audit } from './audit/audit';
import { AuditListener } from './audit/audit.listener';
import { AuditLog } from './audit/audit-log';
import { NoAudit } from './audit/no.audit';
import { SqlAudit } from './audit/sql.audit';
import { Authenticator } from './auth/authenticator';
import { HostAuthenticator } from './auth/host.authenticator';
import { JwtAuthenticator } from './auth/jwt.authenticator';
import { Backplane } from './backplane/backplane';
import { MemoryBackplane } from './backplane/memory/memory.backplane';
import { ChatGateway } from './chat/chat.gateway';
import { ChatPublisher } from './chat/chat-publisher';
import { ChatRelay } from './chat/chat-relay';
import { ChatService } from './chat/chat.service';
import { Attempts } from './chat/channels/attempts';
import { ChannelCache } from './chat/channels/channel-cache';
import { ChannelMembership } from './chat/channels/channel-membership';
import { ChannelModeration } from './chat/channels/channel-moderation';
import { ChannelPolicy } from './chat/channels/channel.policy';
import { ChannelsController } from './chat/channels/channels.controller';
import { ChannelsService } from './chat/channels/channels.service';
import { Passwords } from './chat/channels/passwords';
import { SlowMode } from './chat/channels/slow-mode';
import { TypingGateway } from './chat/typing.gateway';
import { Typists } from './chat/typists';
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
import { applicationConfig, Enhancers } from './gateway/enhancers';
import { ErrorBudget } from './gateway/error-budget';
import { ErrorFilter } from './gateway/error.filter';
import { Handshake } from './gateway/handshake';
import { Lifecycle } from './gateway/lifecycle';
import { MemoryReplyStore } from './gateway/memory-reply-store';
import { MemoryUserLimits } from './gateway/memory-user-limits';
import { MissingAdapter } from './gateway/missing-adapter';
import { RateLimit } from './gateway/rate-limit';
import { RealtimeWsAdapter } from './gateway/realtime-ws.adapter';
import { Refusals } from './gateway/refusals';
import { ReplyStore } from './gateway/reply-store';
import { UserLimits } from './gateway/user-limits';
import { HistoryGateway } from './history/history.gateway';
import { MailboxGateway } from './mailbox/mailbox.gateway';
import { NoMailbox } from './mailbox/no.mailbox';
import { SqlMailbox } from './mailbox/sql.mailbox';
import { EVERYONE, roomKind } from './protocol/room-name';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './realtime.module-definition';
import { RealtimeModuleOptions, RealtimeOptions } from './realtime.options';
import { AutoJoin } from './rooms/auto-join';
import { Mailbox } from './rooms/mailbox';
import { RoomAccess } from './rooms/room-access';
import { Rooms } from './rooms/rooms';
import { RoomsGateway } from './rooms/rooms.gateway';
import { RoomsService } from './rooms/rooms.service';
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

const NO_HISTORY = { maxPublications: 0, maxAgeMs: 0 };

const adapters: Provider[] = [
  {
    provide: RealtimeOptions,
    inject: [MODULE_OPTIONS_TOKEN],
    useFactory: (given: RealtimeModuleOptions) => new RealtimeOptions(given),
  },
  {
    provide: Authenticator,
    inject: [RealtimeOptions, ModuleRef],
    useFactory: ({ auth }: RealtimeOptions, moduleRef: ModuleRef) =>
      auth.authenticator ? new HostAuthenticator(auth.authenticator, moduleRef) : new JwtAuthenticator(auth),
  },
  {
    provide: Backplane,
    inject: [MODULE_OPTIONS_TOKEN, RealtimeOptions],
    useFactory: ({ backplane = new MemoryBackplane() }: RealtimeModuleOptions, options: RealtimeOptions) => {
      backplane.configure({
        // No client could name the position of what goes to everyone.
        limitsOf: (room) => (room === EVERYONE ? NO_HISTORY : options.historyOf(roomKind(room))),
        maxTotalBytes: options.history.maxTotalBytes,
      });
      return backplane;
    },
  },
  {
    provide: MemoryReplyStore,
    inject: [RealtimeOptions],
    useFactory: ({ idempotency }: RealtimeOptions) => new MemoryReplyStore(idempotency),
  },
  {
    provide: ReplyStore,
    inject: [MODULE_OPTIONS_TOKEN, MemoryReplyStore],
    useFactory: ({ replies }: RealtimeModuleOptions, own: MemoryReplyStore) => replies ?? own,
  },
  {
    provide: UserLimits,
    inject: [MODULE_OPTIONS_TOKEN],
    useFactory: ({ userLimits }: RealtimeModuleOptions) => userLimits ?? new MemoryUserLimits(),
  },
  {
    provide: Storage,
    // After the options are checked: nothing is made for an application that will not boot.
    inject: [MODULE_OPTIONS_TOKEN, RealtimeOptions],
    useFactory: ({ storage = new SqliteStorage({ file: 'realtime.sqlite' }) }: RealtimeModuleOptions) =>
      prepared(storage || new NoStorage()),
  },
  {
    provide: Mailbox,
    inject: [Storage, MailboxMessages, Backplane, RealtimeOptions, Traffic],
    useFactory: (storage: Storage, ...rest: ConstructorParameters<typeof SqlMailbox>) =>
      storage instanceof NoStorage ? new NoMailbox() : new SqlMailbox(...rest),
  },
  {
    provide: Audit,
    inject: [Storage, AuditEntries, RealtimeOptions, Traffic],
    useFactory: (storage: Storage, entries: AuditEntries, options: RealtimeOptions, traffic: Traffic) => {
      const { enabled, sink } = options.audit;
      if (!enabled) return new NoAudit();
      return sink ?? (storage instanceof NoStorage ? new NoAudit() : new SqlAudit(entries, options, traffic));
    },
  },
];

/** Real-time for a Nest application: import it once, inject `EventsService` anywhere. */
@Module({
  imports: [DiscoveryModule],
  controllers: [ChannelsController, AsyncApiController],
  providers: [
    ...adapters,
    ...[Connections, Traffic, Turn, Sweep, Heartbeat],
    ...[Commands, Enhancers, Dispatcher, RateLimit, ErrorBudget, ErrorFilter, Lifecycle, Handshake, Draining, Drain],
    Refusals,
    ...[Rooms, RoomAccess, RoomsService, AutoJoin],
    ...[EventsService, EventRouting],
    ...[ChatMessages, ChatOutbox, ChatPublisher, ChatRelay, ChatService],
    ...[Typists, TypingGateway],
    ...[
      ChannelRows,
      ChannelMembers,
      ChannelCache,
      ChannelMembership,
      ChannelModeration,
      ChannelPolicy,
      ChannelsService,
    ],
    ...[Attempts, Passwords, SlowMode],
    ...[MailboxMessages, MailboxGateway],
    ...[AuditEntries, AuditLog, AuditListener],
    ...[AsyncApi, OpenApi],
    ...[ConnectionGateway, RoomsGateway, HistoryGateway, ChatGateway, BroadcastGateway],
  ],
  exports: [
    EventsService,
    RoomsService,
    Rooms,
    RealtimeOptions,
    Traffic,
    Connections,
    Storage,
    AuditLog,
    ChannelsService,
    ChannelModeration,
    AsyncApi,
  ],
})
export class RealtimeModule extends ConfigurableModuleClass implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly host: HttpAdapterHost,
    private readonly commands: Commands,
    private readonly backplane: Backplane,
    private readonly storage: Storage,
  ) {
    super();
    const config = applicationConfig(moduleRef);
    if (!config.getIoAdapter()) config.setIoAdapter(new MissingAdapter() as never);
  }

  onApplicationBootstrap(): void {
    const adapter: unknown = applicationConfig(this.moduleRef).getIoAdapter();
    // Without an HTTP server, as in a worker, there is nothing to adapt.
    if (this.host?.httpAdapter && !(adapter instanceof RealtimeWsAdapter)) {
      throw new Error(
        `RealtimeModule: the adapter in place is ${(adapter as object).constructor.name}. ` +
          'Use app.useWebSocketAdapter(new RealtimeWsAdapter(app)); it serves your other gateways too.',
      );
    }
    this.commands.prepare();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.backplane.close();
    await this.storage.close();
  }
}
