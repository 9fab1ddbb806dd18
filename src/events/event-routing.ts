import { Injectable, Optional } from '@nestjs/common';
import type { Publication } from '../publishing/backplane';
import type { StreamPosition } from '../protocol/position';
import type { RoomName } from '../protocol/room-name';
import { EventsOptions } from '../publishing/events.options';
import { Mailbox, requireMailbox } from '../rooms/mailbox';
import { toPublication } from '../publishing/publication';
import { Publisher } from '../publishing/publisher';
import { EVENT_NAME_RULE, frameTypeOf } from '../protocol/event-name';
import type { EmitOptions } from './domain-event';
import { checkOptions, invalidOption, mailUser, roomsOf } from './emit-options';

/** Stands in frames as it is: nothing in it may need escaping. */
const EVENT_ID = /^[A-Za-z0-9_.:-]{1,128}$/;

/** The rooms an event went into, and where their streams ended then. */
export interface RoutedTo {
  readonly rooms: readonly RoomName[];
  readonly positions: readonly StreamPosition[];
}

/** An event on its way. */
export interface EmittedEvent {
  readonly type: string;
  readonly data: unknown;
  readonly options: EmitOptions;
  readonly id: string;
}

/** Publishes emitted events in the rooms they are for. */
@Injectable()
export class EventRouting {
  constructor(
    private readonly publisher: Publisher,
    private readonly options: EventsOptions,
    @Optional() private readonly mailbox?: Mailbox,
  ) {}

  /** @throws RealtimeError `validation_failed`, `unavailable` */
  async route(event: EmittedEvent): Promise<RoutedTo> {
    checkOptions(event.options);
    const rooms = roomsOf(event.options);
    const user = mailUser(event.options);
    // All of them before the first is published: of what cannot be encoded nothing is.
    // A mailbox publishes its messages again; nobody else repeats an id drawn here.
    const once = event.options.id === undefined && user === undefined;
    const publications = rooms.map((room) => this.#encode(event, room, once));
    if (user !== undefined)
      return { rooms, positions: [await requireMailbox(this.mailbox).put(user, publications[0])] };
    if (rooms.length === 1) return { rooms, positions: [await this.publisher.publish(rooms[0], publications[0])] };
    const positions = await Promise.all(publications.map(async (each, i) => this.publisher.publish(rooms[i], each)));
    return { rooms, positions };
  }

  #encode({ type, data, options, id }: EmittedEvent, room: RoomName, once: boolean): Publication {
    const frameType = frameTypeOf(type, this.options.naming);
    if (!frameType) throw invalidOption('type', `must be ${EVENT_NAME_RULE}, got '${type}'`);
    if (options.id !== undefined && (typeof id !== 'string' || !EVENT_ID.test(id)))
      throw invalidOption('id', `must be 1..128 characters of A-Z a-z 0-9 _ . : -, got '${id}'`);
    try {
      const { delivery, exceptUser } = options;
      return toPublication(room, frameType, data ?? {}, id, { delivery, exceptUser, once });
    } catch (error) {
      throw invalidOption('data', `must be JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
