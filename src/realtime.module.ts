import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Clock } from './async/clock';
import { Connections } from './connections/connections';
import { Heartbeat } from './connections/heartbeat';
import { DeadlineTimer } from './connections/deadline-timer';
import { RealtimeCounters } from './connections/realtime-counters';
import { WriteScheduler } from './connections/write-scheduler';
import { Activities } from './events/activities';
import { BroadcastGateway } from './events/broadcast.gateway';
import { ChatGateway } from './events/chat.gateway';
import { ClientEvents } from './events/client-events';
import { EventRouting } from './events/event-routing';
import { EventsService } from './events/events.service';
import { AdapterCheck } from './gateway/adapter/adapter-check';
import { Commands } from './gateway/commands/commands';
import { ConnectionGateway } from './gateway/commands/connection.gateway';
import { Dispatcher } from './gateway/commands/dispatcher';
import { Enhancers } from './gateway/commands/enhancers';
import { ErrorFilter } from './gateway/commands/error.filter';
import { Handshake } from './gateway/handshake/handshake';
import { HandshakeRate } from './gateway/handshake/handshake-rate';
import { Lifecycle } from './gateway/handshake/lifecycle';
import { AuthFailures } from './gateway/handshake/auth-failures';
import { HttpPaths } from './gateway/http/http-paths';
import { ErrorBudget } from './gateway/limits/error-budget';
import { RateLimit } from './gateway/limits/rate-limit';
import { UserBytes } from './gateway/limits/user-bytes';
import { GracefulShutdown } from './gateway/shutdown/graceful-shutdown';
import { ShutdownState } from './gateway/shutdown/shutdown-state';
import { ShutdownTasks } from './gateway/shutdown/shutdown-tasks';
import { HistoryGateway } from './history/history.gateway';
import { RoomPositions } from './history/room-positions';
import { AdapterLifecycle } from './module/adapter-lifecycle';
import { ADAPTERS, nodeAdapters } from './module/adapter.providers';
import { nodeOptions } from './module/option.providers';
import { BackplaneStatus } from './publishing/backplane-status';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './realtime.module-definition';
import type { RealtimeModuleOptions } from './realtime.options';
import { AutoJoin } from './rooms/auto-join';
import { Deliveries } from './rooms/deliveries';
import { NodeMemberships } from './rooms/node-memberships';
import { OwnEpochs } from './rooms/own-epochs';
import { Replays } from './rooms/replays';
import { RoomAccess } from './rooms/room-access';
import { RoomRegistry } from './rooms/room-registry';
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
  ...[Connections, WriteScheduler, DeadlineTimer, Heartbeat, RealtimeCounters],
  ...[
    Commands,
    Enhancers,
    Dispatcher,
    RateLimit,
    ErrorBudget,
    ErrorFilter,
    Lifecycle,
    Handshake,
    ShutdownState,
    GracefulShutdown,
  ],
  ...[AuthFailures, AdapterCheck, UserBytes, HandshakeRate],
  ...[RoomRegistry, Replays, Deliveries, RoomAccess, SenderLimit, NodeMemberships, RoomsService, AutoJoin, OwnEpochs],
  ...[Activities, EventsService, EventRouting, ClientEvents, RoomPositions, BackplaneStatus],
  ...[ConnectionGateway, RoomsGateway, HistoryGateway, ChatGateway, BroadcastGateway],
];

/**
 * Real-time for a Nest application: connections, rooms, events, history and recovery. Import `RealtimeModule.forRoot()`
 * once, and inject `EventsService` anywhere. Features such as presence and chat are modules of their own beside it.
 */
@Global()
@Module({ imports: [DiscoveryModule], providers: core, exports: core })
export class RealtimeModule extends ConfigurableModuleClass {}
