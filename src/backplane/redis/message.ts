import type { RoomName } from '../../protocol/room-name';
import type { Delivery, Publication } from '../backplane';

const COLON = 0x3a;

/**
 * What of a publication stands before its body: `r` or `v` for its delivery, the length of its id, a colon, the id, and
 * the user it leaves out.
 */
export function encodeHeader({ id, delivery, exceptUser = '' }: Publication): string {
  return `${delivery[0]}${id.length}:${id}${exceptUser}`;
}

export function decodePublication(header: Buffer, body: Buffer): Publication {
  const text = header.toString();
  const start = text.indexOf(':') + 1;
  const end = start + Number(text.slice(1, start - 1));
  return {
    id: text.slice(start, end),
    body,
    delivery: text[0] === 'v' ? 'volatile' : 'reliable',
    exceptUser: text.slice(end) || undefined,
  };
}

/** What `publish.lua` sends out; none when it is something else. The body stays as it came. */
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
    publication: decodePublication(bytes.subarray(start, end), bytes.subarray(end)),
  };
}
