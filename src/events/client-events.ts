import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { InvalidOption } from '../options/invalid-option';
import { AdapterFailures } from '../logging/adapter-failures';
import { Nodes } from '../nodes/nodes';
import { RealtimeError } from '../protocol/errors';
import type { RoomName } from '../protocol/room-name';
import { EventsOptions } from '../publishing/events.options';
import { Activities } from './activities';
import { ClientEventsOptions } from './client-events.options';
import { eventsEmittedBy } from './emit-event.decorator';
import { EventsService } from './events.service';

/**
 * The events that clients may send: those of the option `clientEvents` that the application does not emit itself. A name
 * that it emits all the same is taken from the clients, on all running nodes; a node that starts later takes it at the
 * first `emit` after that. Events of `RealtimeEmitterModule` and `Emitter` are not noticed.
 */
@Injectable()
export class ClientEvents implements OnApplicationBootstrap {
  readonly #logger = new Logger('RealtimeModule');
  /** By their types in frames: those are what receivers take for one another. */
  readonly #allowed: Set<string>;

  constructor(
    private readonly options: EventsOptions,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly activities: Activities,
    nodes: Nodes,
    events: EventsService,
    { clientEvents }: ClientEventsOptions,
  ) {
    this.#allowed = new Set(clientEvents.map((event) => this.#typeOf(event)));
    nodes.handle('event_emitted', ({ event }) => this.#take(event));
    if (!this.#allowed.size) return;
    const failures = new AdapterFailures('The adapter for nodes');
    events.emitted.subscribe(({ type }) => {
      if (this.#isAllowed(type)) failures.contain(() => nodes.tell({ type: 'event_emitted', event: type }));
    });
  }

  /** @throws InvalidOption where a method with `@EmitEvent` emits an event that clients may send */
  onApplicationBootstrap(): void {
    if (!this.#allowed.size) return;
    for (const { metatype } of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      if (typeof metatype === 'function' && metatype.prototype) this.#checkEmitter(metatype.prototype as object);
    }
  }

  /** Before a client's event is published. @throws RealtimeError `forbidden` unless clients may send such events */
  admit(user: string, event: string, room: RoomName | undefined): void {
    if (!this.#isAllowed(event)) throw new RealtimeError('forbidden', `Clients may not send ${event}.`);
    this.activities.record({ type: 'client_event', user, room, target: event });
  }

  #checkEmitter(prototype: object): void {
    for (const name of this.scanner.getAllMethodNames(prototype)) {
      const taken = eventsEmittedBy(prototype[name as never]).find((event) => this.#isAllowed(event));
      if (taken === undefined) continue;
      const problem = `holds '${taken}', which ${prototype.constructor.name}.${name} emits with @EmitEvent`;
      throw new InvalidOption('clientEvents', problem, 'Give the events of clients names of their own.');
    }
  }

  #take(event: string): Record<string, never> {
    if (this.#allowed.delete(this.#typeOf(event))) {
      this.#logger.warn(
        `The application emits ${event} itself, so clients may not send it any more. Take it out of clientEvents.`,
      );
    }
    return {};
  }

  #isAllowed(event: string): boolean {
    return this.#allowed.size > 0 && this.#allowed.has(this.#typeOf(event));
  }

  #typeOf(event: string): string {
    return this.options.naming === 'snake' ? event.replaceAll('.', '_') : event;
  }
}
