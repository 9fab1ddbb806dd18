import { Injectable } from '@nestjs/common';
import { Backplane, Publication } from '../backplane/backplane';
import { Traffic } from '../connections/traffic';
import type { StreamPosition } from '../protocol/position';
import type { RoomName } from '../protocol/room-name';
import { RealtimeOptions } from '../realtime.options';
import { Mailbox } from '../rooms/mailbox';
import { toPublication } from '../rooms/publication';
import { EVENT_NAME_RULE, frameTypeOf } from '../protocol/event-name';
import { checkOptions, invalidOption, mailUser, roomsOf } from './emit-options';
import { EmittedEvent, EventsService, Passed } from './events.service';

/** Stands in frames as it is: nothing in it may need escaping. */
const EVENT_ID = /^[A-Za-z0-9_.:-]{1,128}$/;

/** Leads emitted events into the rooms they are for. */
@Injectable()
export class EventRouting {
  constructor(
    events: EventsService,
    private readonly backplane: Backplane,
    private readonly mailbox: Mailbox,
    private readonly options: RealtimeOptions,
    private readonly traffic: Traffic,
  ) {
    // From the start: other modules may emit in their onModuleInit.
    events.emitted.subscribe((event) => {
      event.passed = this.#route(event);
    });
  }

  async #route(event: EmittedEvent): Promise<Passed> {
    checkOptions(event.options);
    const rooms = roomsOf(event.options);
    const user = mailUser(event.options);
    // All of them before the first is published: of what cannot be encoded nothing is.
    // A mailbox publishes its messages again; nobody else repeats an id drawn here.
    const once = event.options.id === undefined && user === undefined;
    const publications = rooms.map((room) => this.#encode(event, room, once));
    if (user !== undefined) return { rooms, positions: [await this.mailbox.put(user, publications[0])] };
    if (rooms.length === 1) return { rooms, positions: [await this.#publish(rooms[0], publications[0])] };
    const positions = await Promise.all(publications.map((each, i) => this.#publish(rooms[i], each)));
    return { rooms, positions };
  }

  #publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    return this.traffic.published(this.backplane.publish(room, publication));
  }

  #encode({ type, data, options, id }: EmittedEvent, room: RoomName, once: boolean): Publication {
    const frameType = frameTypeOf(type, this.options.events.naming);
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
