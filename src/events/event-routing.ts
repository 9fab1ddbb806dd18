import { Injectable, OnModuleInit } from '@nestjs/common';
import type { Publication } from '../backplane/backplane';
import { invalid } from '../gateway/frame.pipe';
import { EVERYONE, isRoomName, RoomName, ROOM_NAME_RULE, userRoom } from '../protocol/room-name';
import { RealtimeOptions } from '../realtime.options';
import { toPublication } from '../rooms/publication';
import { Rooms } from '../rooms/rooms';
import type { EmitOptions } from './domain-event';
import { EVENT_NAME_RULE, frameTypeOf } from './event-name';
import { EmittedEvent, EventsService } from './events.service';

/** Leads emitted events into the rooms they are for. */
@Injectable()
export class EventRouting implements OnModuleInit {
  constructor(
    private readonly events: EventsService,
    private readonly rooms: Rooms,
    private readonly options: RealtimeOptions,
  ) {}

  onModuleInit(): void {
    this.events.emitted.subscribe((event) => {
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
    if (!frameType) throw invalid([{ field: 'type', message: `must be ${EVENT_NAME_RULE}, got '${type}'` }]);
    return toPublication(room, frameType, data ?? {}, { ...options, id });
  }
}

function roomsOf(options: EmitOptions): RoomName[] {
  if ('all' in options) return [EVERYONE];
  if ('user' in options) {
    if (!options.user) throw invalid([{ field: 'user', message: 'must be a user id, got none' }]);
    return [userRoom(options.user)];
  }
  const rooms = 'rooms' in options ? [...new Set(options.rooms)] : [options.room];
  const bad = rooms.find((room) => !isRoomName(room));
  if (bad !== undefined) throw invalid([{ field: 'room', message: `must be ${ROOM_NAME_RULE}, got '${String(bad)}'` }]);
  return rooms;
}
