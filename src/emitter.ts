import { RealtimeCounters } from './connections/realtime-counters';
import type { EmitOptions, EmitResult } from './events/domain-event';
import { EventRouting } from './events/event-routing';
import { EventsService } from './events/events.service';
import type { EventData, EventName } from './events/realtime-events';
import { AdapterOptions, sharedOf } from './module/adapter.options';
import type { Backplane } from './publishing/backplane';
import { Publisher } from './publishing/publisher';
import type { Tracing } from './publishing/tracing';
import { EmitterModuleOptions, resolveEmitterOptions } from './realtime.options';

/** `backplane`, `history`, `roomKinds` and `events` must be the same as the nodes'. */
export interface EmitterOptions extends Omit<EmitterModuleOptions, 'storage'> {
  /** Adds distributed tracing: `new OpenTelemetryTracing()`. @default undefined */
  tracing?: Tracing;
}

/**
 * `EventsService` for a process without Nest:
 *
 *     const emitter = new Emitter({ backplane: redis({ url, prefix: 'my-app:' }) });
 *     await emitter.emit('report.finished', { id: 7 }, { room: 'project:42' });
 *     await emitter.close();
 *
 * It has no mailbox: that needs a database, and so `RealtimeEmitterModule`.
 */
export class Emitter {
  readonly #events: EventsService;
  readonly #backplane: Backplane;
  readonly #given: AdapterOptions;

  /** @throws Error for options that cannot work */
  constructor({ tracing, ...given }: EmitterOptions) {
    const { events, kinds } = resolveEmitterOptions(given);
    this.#given = given;
    const backplane = sharedOf(given.backplane)?.backplane ?? (given.backplane as Backplane);
    this.#backplane = tracing ? tracing.wrap(backplane) : backplane;
    this.#backplane.configure(kinds.retention);
    const publisher = new Publisher(this.#backplane, new RealtimeCounters());
    this.#events = new EventsService(new EventRouting(publisher, events));
  }

  /** As `EventsService.emit`. @throws RealtimeError `validation_failed`, `unavailable` */
  emit<Name extends EventName, Options extends EmitOptions>(
    type: Name,
    data: EventData<Name>,
    options: Options,
  ): Promise<EmitResult<Options>> {
    return this.#events.emit(type, data, options);
  }

  /** Ends its connections, so that the process can end. */
  async close(): Promise<void> {
    await this.#backplane.close();
    await sharedOf(this.#given.backplane)?.close();
  }
}
