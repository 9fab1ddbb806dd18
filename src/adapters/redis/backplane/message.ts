import type { RoomName } from '../../../protocol/room-name';
import type { Delivery } from '../../../publishing/backplane';
import { decodePublication } from '../../../publishing/publication.codec';

const COLON = 0x3a;

/** Reads a message of `publish.lua`. The body is a view of it. @returns undefined for any other message */
export function decodeDelivery(room: RoomName, bytes: Buffer): Delivery | undefined {
  const first = bytes.indexOf(COLON);
  const second = bytes.indexOf(COLON, first + 1);
  const third = bytes.indexOf(COLON, second + 1);
  if (first < 1 || third <= second) return undefined;
  const offset = Number(bytes.toString('latin1', first + 1, second));
  const start = third + 1;
  const end = start + Number(bytes.toString('latin1', second + 1, third));
  if (!Number.isSafeInteger(offset) || !(end > start && end <= bytes.length)) return undefined;
  return {
    room,
    epoch: bytes.toString('latin1', 0, first),
    offset: offset || undefined,
    publication: decodePublication(bytes.toString('utf8', start, end), bytes.subarray(end)),
  };
}
