import { Injectable } from '@nestjs/common';
import { Observable, Subject } from 'rxjs';
import { filter } from 'rxjs/operators';
import { nextMessageId } from '../connections/message-id';
import { RealtimeError } from '../protocol/errors';
import type { StreamPosition } from '../protocol/position';
import type { RoomName } from '../protocol/room-name';
import type { DomainEvent, EmitOptions, Emitted } from './domain-event';
import { Listened } from './listened';
import type { EventData, EventName } from './realtime-events';

/** The rooms an event went into, and where their streams ended then. */
export interface Passed {
  readonly rooms: readonly RoomName[];
  readonly positions: readonly StreamPosition[];
}

/** An event on its way. */
export interface EmittedEvent {
  readonly type: string;
  readonly data: unknown;
  readonly options: EmitOptions;
  readonly id: string;
  /** Set by the routing. */
  passed?: Promise<Passed>;
}

/** Broadcasts domain events to rooms, users or everyone. Injectable anywhere in the host's application. */
@Injectable()
export class EventsService {
  readonly #emitted = new Subject<EmittedEvent>();
  readonly #passed = new Subject<DomainEvent>();
  readonly #listened = new Listened<DomainEvent>((subscriber) => this.#passed.subscribe(subscriber));

  /** What was emitted, before it is in a stream: for the routing. */
  readonly emitted: Observable<EmittedEvent> = this.#emitted.asObservable();

  /**
   * Publishes an event. When it resolves the event is in the room's stream, and the position is where.
   * @throws RealtimeError `validation_failed` for a bad name, room, id or payload; `unavailable` when it is not, or
   * not in all of `rooms`: emit it again with the same `id`
   */
  async emit<Name extends EventName, Options extends EmitOptions>(
    type: Name,
    data: EventData<Name>,
    options: Options,
  ): Promise<Emitted<Options>> {
    const id = options?.id ?? nextMessageId();
    // Nothing would ever settle it: the module is not there yet, or only this class was provided.
    if (!this.#emitted.observed) throw new RealtimeError('unavailable', 'RealtimeModule is not running.');
    const event: EmittedEvent = { type, data, options: options ?? {}, id, passed: undefined };
    this.#emitted.next(event);
    const passed = (await event.passed)!;
    if (this.#passed.observed) this.#passed.next({ type, data, id, ...passed });
    return ('rooms' in options ? passed.positions : passed.positions[0]) as Emitted<Options>;
  }

  /** What this process emitted, of one type or all, once it is in its streams. A listener that fails is logged. */
  on<Name extends EventName>(type?: Name): Observable<DomainEvent<Name>> {
    const events = this.#listened as unknown as Observable<DomainEvent<Name>>;
    return type === undefined ? events : events.pipe(filter((event) => event.type === type));
  }
}
