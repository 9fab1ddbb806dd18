import { Module, OnApplicationBootstrap, OnApplicationShutdown, Provider } from '@nestjs/common';
import { DiscoveryModule, HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { Authenticator } from './auth/authenticator';
import { HostAuthenticator } from './auth/host.authenticator';
import { JwtAuthenticator } from './auth/jwt.authenticator';
import { Backplane } from './backplane/backplane';
import { MemoryBackplane } from './backplane/memory/memory.backplane';
import { ChatGateway } from './chat/chat.gateway';
import { Connections } from './connections/connections';
import { Heartbeat } from './connections/heartbeat';
import { Sweep } from './connections/sweep';
import { Traffic } from './connections/traffic';
import { Turn } from './connections/turn';
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
import { MissingAdapter } from './gateway/missing-adapter';
import { RateLimit } from './gateway/rate-limit';
import { RealtimeWsAdapter } from './gateway/realtime-ws.adapter';
import { ReplyStore } from './gateway/reply-store';
import { HistoryGateway } from './history/history.gateway';
import { EVERYONE, roomKind } from './protocol/room-name';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './realtime.module-definition';
import { RealtimeModuleOptions, RealtimeOptions } from './realtime.options';
import { AutoJoin } from './rooms/auto-join';
import { RoomAccess } from './rooms/room-access';
import { Rooms } from './rooms/rooms';
import { RoomsGateway } from './rooms/rooms.gateway';
import { RoomsService } from './rooms/rooms.service';

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
    provide: ReplyStore,
    inject: [MODULE_OPTIONS_TOKEN, RealtimeOptions],
    useFactory: ({ replies }: RealtimeModuleOptions, { idempotency }: RealtimeOptions) =>
      replies ?? new MemoryReplyStore(idempotency),
  },
];

/** Real-time for a Nest application: import it once, inject `EventsService` anywhere. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    ...adapters,
    ...[Connections, Traffic, Turn, Sweep, Heartbeat],
    ...[Commands, Enhancers, Dispatcher, RateLimit, ErrorBudget, ErrorFilter, Lifecycle, Handshake, Draining, Drain],
    ...[Rooms, RoomAccess, RoomsService, AutoJoin],
    ...[EventsService, EventRouting],
    ...[ConnectionGateway, RoomsGateway, HistoryGateway, ChatGateway, BroadcastGateway],
  ],
  exports: [EventsService, RoomsService, Rooms, RealtimeOptions, Traffic, Connections],
})
export class RealtimeModule extends ConfigurableModuleClass implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly host: HttpAdapterHost,
    private readonly commands: Commands,
    private readonly backplane: Backplane,
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
  }
}
