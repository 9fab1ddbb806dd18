import { Injectable } from '@nestjs/common';
import { Backplane, Publication } from '../backplane/backplane';
import { Traffic } from '../connections/traffic';
import { RealtimeError } from '../protocol/errors';
import type { StreamPosition } from '../protocol/position';
import { EVERYONE, isRoomName, RoomName, ROOM_NAME_RULE, userRoom } from '../protocol/room-name';
import { isCleanText } from '../protocol/text';
import { RealtimeOptions } from '../realtime.options';
import { Mailbox } from '../rooms/mailbox';
import { toPublication } from '../rooms/publication';
import type { EmitOptions } from './domain-event';
import { EVENT_NAME_RULE, frameTypeOf } from '../protocol/event-name';
import { EmittedEvent, EventsService, Passed } from './events.service';

/** Stands in frames as it is: nothing in it may need escaping. */
const EVENT_ID = /^[A-Za-z0-9_.:-]{1,128}$/;
const TARGETS = ['room', 'rooms', 'user', 'all'] as const;
const OPTIONS: ReadonlySet<string> = new Set([...TARGETS, 'mailbox', 'delivery', 'exceptUser', 'id']);

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
    const publications = rooms.map((room) => this.#encode(event, room));
    if (user !== undefined) return { rooms, positions: [await this.mailbox.put(user, publications[0])] };
    if (rooms.length === 1) return { rooms, positions: [await this.#publish(rooms[0], publications[0])] };
    const positions = await Promise.all(publications.map((each, i) => this.#publish(rooms[i], each)));
    return { rooms, positions };
  }

  #publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    return this.traffic.published(this.backplane.publish(room, publication));
  }

  #encode({ type, data, options, id }: EmittedEvent, room: RoomName): Publication {
    const frameType = frameTypeOf(type, this.options.events.naming);
    if (!frameType) throw invalidOption('type', `must be ${EVENT_NAME_RULE}, got '${type}'`);
    if (options.id !== undefined && (typeof id !== 'string' || !EVENT_ID.test(id)))
      throw invalidOption('id', `must be 1..128 characters of A-Z a-z 0-9 _ . : -, got '${id}'`);
    try {
      return toPublication(room, frameType, data ?? {}, id, options);
    } catch (error) {
      throw invalidOption('data', `must be JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** A misspelt one would be silently without effect. @throws RealtimeError `validation_failed` */
function checkOptions(options: EmitOptions): void {
  for (const name in options) {
    if (OPTIONS.has(name) || options[name as keyof EmitOptions] === undefined) continue;
    throw invalidOption(name, `is not an option, which are ${[...OPTIONS].join(', ')}`);
  }
  const { delivery = 'reliable' } = options;
  if (delivery !== 'reliable' && delivery !== 'volatile') {
    throw invalidOption('delivery', `must be 'reliable' or 'volatile', got '${String(delivery)}'`);
  }
}

/** @throws RealtimeError `validation_failed` */
function roomsOf(options: EmitOptions): RoomName[] {
  const targets: Partial<Record<(typeof TARGETS)[number], unknown>> = options;
  const given = TARGETS.filter((name) => targets[name] !== undefined && targets[name] !== false);
  if (given.length !== 1) {
    throw invalidOption('', `give exactly one of ${TARGETS.join(', ')}, got ${given.join(' and ') || 'none'}`);
  }
  if (given[0] === 'all') return [checkAll(targets.all)];
  if (given[0] === 'user') return [userRoom(checkUser(targets.user))];
  const rooms: unknown = given[0] === 'room' ? [targets.room] : targets.rooms;
  if (!Array.isArray(rooms)) throw invalidOption('rooms', `must be an array of rooms, got '${String(rooms)}'`);
  return [...new Set<unknown>(rooms)].map(checkRoom);
}

function checkAll(all: unknown): RoomName {
  if (all === true) return EVERYONE;
  throw invalidOption('all', `must be true, got '${String(all)}'`);
}

/** Whose mailbox it goes into, if any. @throws RealtimeError `validation_failed` */
function mailUser(options: EmitOptions): string | undefined {
  const { mailbox, user, delivery, exceptUser } = options as EmitOptions & { mailbox?: unknown; user?: string };
  if (!mailbox) return undefined;
  if (mailbox !== true) throw invalidOption('mailbox', `must be true or false, got a ${typeof mailbox}`);
  if (user === undefined) throw invalidOption('mailbox', 'is for one user: give user');
  if (delivery === 'volatile') throw invalidOption('delivery', "must be 'reliable' for a mailbox");
  if (exceptUser !== undefined) throw invalidOption('exceptUser', 'has no meaning for a mailbox');
  if (!isCleanText(user)) throw invalidOption('user', 'must hold no U+0000 and no lone surrogate for a mailbox');
  return user;
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
