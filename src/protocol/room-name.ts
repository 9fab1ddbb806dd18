/** A room's name, by custom `kind:id`. */
export type RoomName = string;

export const ROOM_NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9_.~:@-]{0,199}$';

// What does not use it does not bundle it.
const ROOM_NAME = /* @__PURE__ */ new RegExp(ROOM_NAME_PATTERN);

/** The pattern in words, for error messages. */
export const ROOM_NAME_RULE = '1..200 characters of A-Z a-z 0-9 _ . ~ : @ -, the first a letter or digit';

export function isRoomName(value: unknown): value is RoomName {
  return typeof value === 'string' && ROOM_NAME.test(value);
}

/** What stands before the first colon: `project` of `project:42`; the whole name where there is none. */
export function roomKind(room: RoomName): string {
  const colon = room.indexOf(':');
  return colon < 0 ? room : room.slice(0, colon);
}

/** The reserved room of one user: only that user reads it, only the server writes it. */
export function userRoom(userId: string): RoomName {
  return `user:${userId}`;
}

/** The room every authenticated connection is in. No client can name it: it does not match the room pattern. */
export const EVERYONE: RoomName = '*';
