import { Global, Module } from '@nestjs/common';
import { Clock } from './async/clock';
import { RealtimeCounters } from './connections/realtime-counters';
import { EventRouting } from './events/event-routing';
import { EventsService } from './events/events.service';
import { ShutdownTasks } from './gateway/shutdown/shutdown-tasks';
import { RoomPositions } from './history/room-positions';
import { AdapterLifecycle } from './module/adapter-lifecycle';
import { adapters, ADAPTERS } from './module/adapter.providers';
import { emitterOptions } from './module/option.providers';
import { ConfigurableEmitterClass, EMITTER_OPTIONS_TOKEN } from './realtime.module-definition';
import type { EmitterModuleOptions } from './realtime.options';

const emitter = [
  ...[...emitterOptions, ...adapters, AdapterLifecycle, Clock, ShutdownTasks, RealtimeCounters],
  {
    provide: ADAPTERS,
    inject: [{ token: EMITTER_OPTIONS_TOKEN, optional: true }],
    useFactory: (given: EmitterModuleOptions = {}) => given,
  },
  ...[EventsService, EventRouting, RoomPositions],
];

/**
 * `EventsService` for a process that only emits, such as a worker or a cron job. It serves no clients, so it needs no
 * authentication, no policy and no WebSocket adapter.
 */
@Global()
@Module({ providers: emitter, exports: emitter })
export class RealtimeEmitterModule extends ConfigurableEmitterClass {}
