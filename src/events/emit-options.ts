import { RealtimeError } from '../protocol/errors';
import { EVERYONE, isRoomName, RoomName, ROOM_NAME_RULE, userRoom } from '../protocol/room-name';
import { isCleanText } from '../protocol/text';
import type { EmitOptions } from './domain-event';

const TARGETS = ['room', 'rooms', 'user', 'all'] as const;
const OPTIONS: ReadonlySet<string> = new Set([...TARGETS, 'mailbox', 'delivery', 'exceptUser', 'id']);

export type Targets = Partial<Record<(typeof TARGETS)[number], unknown>>;

/** A misspelt option would be silently without effect. @throws RealtimeError `validation_failed` */
export function checkOptions(options: EmitOptions): void {
  checkNames(options);
  const { delivery = 'reliable' } = options;
  if (delivery !== 'reliable' && delivery !== 'volatile') {
    throw invalidOption('delivery', `must be 'reliable' or 'volatile', got '${String(delivery)}'`);
  }
}

/** @throws RealtimeError `validation_failed` */
export function checkNames(options: object): void {
  for (const name in options) {
    if (OPTIONS.has(name) || options[name as never] === undefined) continue;
    throw invalidOption(name, `is not an option, which are ${[...OPTIONS].join(', ')}`);
  }
}

/** @throws RealtimeError `validation_failed` */
export function roomsOf(options: EmitOptions): RoomName[] {
  const targets: Targets = options;
  const given = targetOf(targets);
  if (given === 'all') return [checkAll(targets.all)];
  if (given === 'user') return [userRoom(checkUser(targets.user))];
  if (given === 'room') return [checkRoom(targets.room)];
  const { rooms } = targets;
  if (!Array.isArray(rooms)) throw invalidOption('rooms', `must be an array of rooms, got '${String(rooms)}'`);
  return [...new Set<unknown>(rooms)].map(checkRoom);
}

/** Which of the targets is given. @throws RealtimeError `validation_failed` unless it is one */
export function targetOf(targets: Targets): keyof Targets {
  const given = TARGETS.filter((name) => targets[name] !== undefined && targets[name] !== false);
  if (given.length === 1) return given[0];
  throw invalidOption('', `give exactly one of ${TARGETS.join(', ')}, got ${given.join(' and ') || 'none'}`);
}

function checkAll(all: unknown): RoomName {
  if (all === true) return EVERYONE;
  throw invalidOption('all', `must be true, got '${String(all)}'`);
}

/** Whose mailbox it goes into, if any. @throws RealtimeError `validation_failed` */
export function mailUser(options: EmitOptions): string | undefined {
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

export function invalidOption(field: string, message: string): RealtimeError {
  return new RealtimeError('validation_failed', `This event cannot be emitted: ${`${field} ${message}`.trim()}.`, {
    details: [{ field, message }],
  });
}
