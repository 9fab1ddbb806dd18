import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Clock } from './async/clock';
import { Connections } from './connections/connections';
import { Heartbeat } from './connections/heartbeat';
import { Sweep } from './connections/sweep';
import { Traffic } from './connections/traffic';
import { Turn } from './connections/turn';
import { Activities } from './events/activities';
import { BroadcastGateway } from './events/broadcast.gateway';
import { ChatGateway } from './events/chat.gateway';
import { ClientEvents } from './events/client-events';
import { EventRouting } from './events/event-routing';
import { EventsService } from './events/events.service';
import { Installation } from './gateway/adapter/installation';
import { Commands } from './gateway/commands/commands';
import { ConnectionGateway } from './gateway/commands/connection.gateway';
import { Dispatcher } from './gateway/commands/dispatcher';
import { Enhancers } from './gateway/commands/enhancers';
import { ErrorFilter } from './gateway/commands/error.filter';
import { Handshake } from './gateway/handshake/handshake';
import { HandshakeRate } from './gateway/handshake/handshake-rate';
import { Lifecycle } from './gateway/handshake/lifecycle';
import { Refusals } from './gateway/handshake/refusals';
import { HttpPaths } from './gateway/http/http-paths';
import { ErrorBudget } from './gateway/limits/error-budget';
import { RateLimit } from './gateway/limits/rate-limit';
import { UserBytes } from './gateway/limits/user-bytes';
import { Drain } from './gateway/shutdown/drain';
import { Draining } from './gateway/shutdown/draining';
import { ShutdownTasks } from './gateway/shutdown/shutdown-tasks';
import { HistoryGateway } from './history/history.gateway';
import { RoomPositions } from './history/room-positions';
import { AdapterLifecycle } from './module/adapter-lifecycle';
import { ADAPTERS, nodeAdapters } from './module/adapter.providers';
import { nodeOptions } from './module/option.providers';
import { BackplaneWatch } from './publishing/backplane-watch';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './realtime.module-definition';
import type { RealtimeModuleOptions } from './realtime.options';
import { AutoJoin } from './rooms/auto-join';
import { Deliveries } from './rooms/deliveries';
import { LocalRooms } from './rooms/local-rooms';
import { OwnEpochs } from './rooms/own-epochs';
import { Replays } from './rooms/replays';
import { RoomAccess } from './rooms/room-access';
import { Rooms } from './rooms/rooms';
import { RoomsGateway } from './rooms/rooms.gateway';
import { RoomsService } from './rooms/rooms.service';
import { SenderLimit } from './rooms/sender-limit';

const core = [
  ...[...nodeOptions, ...nodeAdapters, AdapterLifecycle, Clock, ShutdownTasks, HttpPaths],
  {
    provide: ADAPTERS,
    inject: [{ token: MODULE_OPTIONS_TOKEN, optional: true }],
    useFactory: (given: Partial<RealtimeModuleOptions> = {}) => given,
  },
  ...[Connections, Turn, Sweep, Heartbeat, Traffic],
  ...[Commands, Enhancers, Dispatcher, RateLimit, ErrorBudget, ErrorFilter, Lifecycle, Handshake, Draining, Drain],
  ...[Refusals, Installation, UserBytes, HandshakeRate],
  ...[Rooms, Replays, Deliveries, RoomAccess, SenderLimit, LocalRooms, RoomsService, AutoJoin, OwnEpochs],
  ...[Activities, EventsService, EventRouting, ClientEvents, RoomPositions, BackplaneWatch],
  ...[ConnectionGateway, RoomsGateway, HistoryGateway, ChatGateway, BroadcastGateway],
];

/**
 * Real-time for a Nest application: connections, rooms, events, history and recovery. Import `RealtimeModule.forRoot()`
 * once, and inject `EventsService` anywhere. Features such as presence and chat are modules of their own beside it.
 */
@Global()
@Module({ imports: [DiscoveryModule], providers: core, exports: core })
export class RealtimeModule extends ConfigurableModuleClass {}
