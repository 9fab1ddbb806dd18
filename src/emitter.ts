import type { EmitOptions, Emitted } from './events/domain-event';
import { Publisher } from './publishing/publisher';
import { Traffic } from './connections/traffic';
import { EventRouting } from './events/event-routing';
import { EventsService } from './events/events.service';
import type { EventData, EventName } from './events/realtime-events';
import type { Backplane } from './publishing/backplane';
import { NoMailbox } from './features/mailbox/no.mailbox';
import { EmitterModuleOptions, resolveRealtimeOptions } from './realtime.options';
import { backplaneOf } from './shared-adapters';

/** `history`, `kinds` and `events` are to be the same as the nodes'. */
export type EmitterOptions = Pick<
  EmitterModuleOptions,
  'redis' | 'backplane' | 'history' | 'kinds' | 'events' | 'tracing'
>;

/**
 * `EventsService` for a process without Nest:
 *
 *     const emitter = new Emitter({ redis: new RedisConnections({ url, prefix: 'my-app:' }) });
 *     await emitter.emit('report.finished', { id: 7 }, { room: 'project:42' });
 *     await emitter.close();
 *
 * It has no mailbox: that needs a database, and so `RealtimeModule` with the role `emitter`.
 */
export class Emitter {
  readonly #events: EventsService;
  readonly #backplane: Backplane;

  /** @throws Error for options that cannot work */
  constructor(given: EmitterOptions) {
    const options = resolveRealtimeOptions({ ...given, role: 'emitter' }, 'emitter');
    this.#backplane = backplaneOf(given, options);
    this.#backplane.configure(options.kinds.retention);
    const publisher = new Publisher(this.#backplane, new Traffic());
    this.#events = new EventsService(new EventRouting(publisher, new NoMailbox(), options.events));
  }

  /** As `EventsService.emit`. @throws RealtimeError `validation_failed`, `unavailable` */
  emit<Name extends EventName, Options extends EmitOptions>(
    type: Name,
    data: EventData<Name>,
    options: Options,
  ): Promise<Emitted<Options>> {
    return this.#events.emit(type, data, options);
  }

  /** Ends its connections, so that the process can end. */
  async close(): Promise<void> {
    await this.#backplane.close();
  }
}
