import type { Delivery, StoredPublication } from '../publishing/backplane';
import { Frame, PublicationFrame, TextFrame } from '../connections/frame';
import { timestamp } from '../async/timestamp';
import { beginPublication, endPublication } from '../protocol/codec';
import type { RoomName } from '../protocol/room-name';

/** One publication as a room's members get it. */
export interface RoomFrame {
  readonly frame: PublicationFrame | TextFrame;
  readonly epoch: string;
  readonly offset?: number;
  /** This user gets `omitted` instead. */
  readonly exceptUser?: string;
  readonly omitted?: PublicationFrame;
}

export function toRoomFrame({ room, epoch, offset, publication, replayed }: Delivery): RoomFrame {
  const { body, delivery, exceptUser, id } = publication;
  const end = endPublication(offset);
  const priority = replayed ? 'replay' : delivery;
  const frame = new PublicationFrame(body, end, priority);
  if (exceptUser === undefined) return { frame, epoch, offset };
  if (offset === undefined) return { frame, epoch, offset, exceptUser };
  return { frame, epoch, offset, exceptUser, omitted: new PublicationFrame(omission(room, id), end, priority) };
}

/** What a user gets of a publication: itself; for the one it excepts the note that keeps offsets dense, or nothing. */
export function frameFor(
  userId: string | undefined,
  { frame, exceptUser, omitted }: RoomFrame,
): RoomFrame['frame'] | undefined {
  return exceptUser !== undefined && exceptUser === userId ? omitted : frame;
}

/** Publications out of the stream, for a user who missed them. */
export function toReplays(
  room: RoomName,
  publications: readonly StoredPublication[],
  userId: string | undefined,
): Frame[] {
  return publications.map(
    (publication) =>
      new PublicationFrame(storedBody(room, publication, userId), endPublication(publication.offset), 'replay'),
  );
}

/** The begin of what this user may see of a stored publication; `endPublication` ends it. */
export function storedBody(
  room: RoomName,
  { body, exceptUser, id }: StoredPublication,
  userId: string | undefined,
): Uint8Array {
  return exceptUser !== undefined && exceptUser === userId ? omission(room, id) : body;
}

function omission(room: RoomName, id: string): Uint8Array {
  return Buffer.from(beginPublication('omitted', {}, id, timestamp(), room));
}
