import { Injectable, Optional } from '@nestjs/common';
import { Observable, Subject } from 'rxjs';
import { filter } from 'rxjs/operators';
import { nextMessageId } from '../protocol/message-id';
import { RealtimeError } from '../protocol/errors';
import type { DomainEvent, EmitOptions, EmitResult } from './domain-event';
import { EmittedEvent, EventRouting } from './event-routing';
import { SafeObservable } from './safe-observable';
import type { EventData, EventName } from './realtime-events';

/** Broadcasts domain events to rooms, users or everyone. Injectable anywhere in the host's application. */
@Injectable()
export class EventsService {
  readonly #emitted = new Subject<EmittedEvent>();
  readonly #passed = new Subject<DomainEvent>();
  readonly #listened = new SafeObservable<DomainEvent>((subscriber) => this.#passed.subscribe(subscriber));

  /** Each event, before it is known whether it can be published. */
  readonly emitted: Observable<EmittedEvent> = this.#emitted.asObservable();

  /** @param routing left out: `emit` rejects, as in a test of the application that provides this class alone */
  constructor(@Optional() private readonly routing?: EventRouting) {}

  /**
   * Publishes an event. When it resolves the event is in the room's stream, and the position is where.
   * @throws RealtimeError `validation_failed` for a bad name, room, id or payload; `unavailable` when it is not, or
   * not in all of `rooms`: emit it again with the same `id`
   */
  async emit<Name extends EventName, Options extends EmitOptions>(
    type: Name,
    data: EventData<Name>,
    options: Options,
  ): Promise<EmitResult<Options>> {
    const id = options?.id ?? nextMessageId();
    if (!this.routing) throw new RealtimeError('unavailable', 'RealtimeModule is not running.');
    const event: EmittedEvent = { type, data, options: options ?? {}, id };
    const routing = this.routing.route(event);
    this.#emitted.next(event);
    const { rooms, positions } = await routing;
    if (this.#passed.observed) this.#passed.next({ type, data, id, rooms, positions });
    return ('rooms' in options ? positions : positions[0]) as EmitResult<Options>;
  }

  /** What this process emitted, of one type or all, once it is in its streams. A listener that fails is logged. */
  on<Name extends EventName>(type?: Name): Observable<DomainEvent<Name>> {
    const events = this.#listened as unknown as Observable<DomainEvent<Name>>;
    return type === undefined ? events : events.pipe(filter((event) => event.type === type));
  }
}
