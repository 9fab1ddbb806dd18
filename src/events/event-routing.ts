import { Injectable } from '@nestjs/common';
import type { Publication } from '../backplane/backplane';
import { RealtimeError } from '../protocol/errors';
import { EVERYONE, isRoomName, RoomName, ROOM_NAME_RULE, userRoom } from '../protocol/room-name';
import { RealtimeOptions } from '../realtime.options';
import { toPublication } from '../rooms/publication';
import { Rooms } from '../rooms/rooms';
import type { EmitOptions } from './domain-event';
import { EVENT_NAME_RULE, frameTypeOf } from './event-name';
import { EmittedEvent, EventsService } from './events.service';

/** Stands in frames as it is: nothing in it may need escaping. */
const EVENT_ID = /^[A-Za-z0-9_.:-]{1,128}$/;
const TARGETS = ['room', 'rooms', 'user', 'all'] as const;

/** Leads emitted events into the rooms they are for. */
@Injectable()
export class EventRouting {
  constructor(
    events: EventsService,
    private readonly rooms: Rooms,
    private readonly options: RealtimeOptions,
  ) {
    // From the start: other modules may emit in their onModuleInit.
    events.emitted.subscribe((event) => {
      this.#route(event).then(event.resolve, event.reject);
    });
  }

  async #route(event: EmittedEvent) {
    const rooms = roomsOf(event.options);
    const publications = rooms.map((room) => this.#encode(event, room));
    const positions = await Promise.all(
      publications.map((publication, i) => this.rooms.publish(rooms[i], publication)),
    );
    return { rooms, positions };
  }

  #encode({ type, data, options, id }: EmittedEvent, room: RoomName): Publication {
    const frameType = frameTypeOf(type, this.options.events.naming);
    if (!frameType) throw invalidOption('type', `must be ${EVENT_NAME_RULE}, got '${type}'`);
    if (!EVENT_ID.test(id)) throw invalidOption('id', `must be 1..128 characters of A-Z a-z 0-9 _ . : -, got '${id}'`);
    try {
      return toPublication(room, frameType, data ?? {}, { ...options, id });
    } catch (error) {
      throw invalidOption('data', `must be JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** @throws RealtimeError `validation_failed` */
function roomsOf(options: EmitOptions): RoomName[] {
  const targets: Partial<Record<(typeof TARGETS)[number], unknown>> = options;
  const given = TARGETS.filter((name) => targets[name] !== undefined && targets[name] !== false);
  if (given.length !== 1) {
    throw invalidOption('', `give exactly one of ${TARGETS.join(', ')}, got ${given.join(' and ') || 'none'}`);
  }
  if (given[0] === 'all') return [EVERYONE];
  if (given[0] === 'user') return [userRoom(checkUser(targets.user))];
  const rooms: unknown[] = given[0] === 'room' ? [targets.room] : [...new Set(targets.rooms as Iterable<unknown>)];
  return rooms.map(checkRoom);
}

function checkRoom(room: unknown): RoomName {
  if (isRoomName(room)) return room;
  throw invalidOption('room', `must be ${ROOM_NAME_RULE}, got '${String(room)}'`);
}

function checkUser(user: unknown): string {
  if (typeof user === 'string' && user) return user;
  throw invalidOption('user', `must be a user id, got '${String(user)}'`);
}

function invalidOption(field: string, message: string): RealtimeError {
  return new RealtimeError('validation_failed', `This event cannot be emitted: ${`${field} ${message}`.trim()}.`, {
    details: [{ field, message }],
  });
}
