import { Injectable, OnModuleInit } from '@nestjs/common';
import type { Span, Tracer } from '@opentelemetry/api';
import { Backplane, Delivery } from '../../publishing/backplane';
import { WriteScheduler } from '../../connections/write-scheduler';
import { AdapterFailures } from '../../logging/adapter-failures';
import { EVERYONE, roomKind, RoomName } from '../../protocol/room-name';
import { RoomRegistry } from '../../rooms/room-registry';
import { OpenTelemetry, openTelemetry } from './open-telemetry';
import { isTraced, traceOf } from './traced-body';
import { TracedBackplane } from './traced.backplane';

/** One span for each traced publication: from its arrival on this node until it is on its way to all members here. */
@Injectable()
export class FanOutSpans implements OnModuleInit {
  readonly #failures = new AdapterFailures('The backplane');
  #open: Span[] = [];

  constructor(
    private readonly backplane: Backplane,
    private readonly rooms: RoomRegistry,
    private readonly turn: WriteScheduler,
  ) {}

  onModuleInit(): void {
    const api = openTelemetry();
    if (!api || !(this.backplane instanceof TracedBackplane)) return;
    const tracer = api.trace.getTracer('nestjs-realtime');
    this.#failures.from(this.backplane.traced).subscribe((delivery) => {
      if (isTraced(delivery.publication.body)) this.#begin(delivery, api, tracer);
    });
    this.turn.shared.subscribe(() => this.#end());
  }

  #begin({ room, offset, publication }: Delivery, api: OpenTelemetry, tracer: Tracer): void {
    const recipients = this.rooms.find(room)?.members.size;
    const parent = traceOf(publication.body);
    // Without members nothing of it leaves, and nobody would tell when.
    if (!recipients || !parent) return;
    const template = templateOf(room);
    const attributes = {
      'messaging.system': 'nestjs-realtime',
      'messaging.operation.name': 'fan-out',
      'messaging.operation.type': 'process',
      'messaging.destination.template': template,
      'messaging.message.id': publication.id,
      'messaging.message.body.size': publication.body.length,
      'realtime.offset': offset,
      'realtime.recipients': recipients,
    };
    const context = api.trace.setSpanContext(api.ROOT_CONTEXT, { ...parent, isRemote: true });
    this.#open.push(tracer.startSpan(`fan-out ${template}`, { kind: api.SpanKind.CONSUMER, attributes }, context));
  }

  #end(): void {
    for (const span of this.#open) span.end();
    if (this.#open.length) this.#open = [];
  }
}

/** Rooms without number have few kinds. */
function templateOf(room: RoomName): string {
  if (room === EVERYONE) return room;
  const kind = roomKind(room);
  return kind === room ? kind : `${kind}:{id}`;
}
