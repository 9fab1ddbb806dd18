import type { Publication } from '../backplane/backplane';
import { nextMessageId } from '../connections/message-id';
import { timestamp } from '../connections/timestamp';
import { beginPublication } from '../protocol/codec';
import { EVERYONE, RoomName } from '../protocol/room-name';

export interface PublicationOptions {
  /** @default 'reliable' */
  readonly delivery?: Publication['delivery'];
  readonly exceptUser?: string;
  /** Nobody else has this `id`, and nobody repeats it. */
  readonly once?: boolean;
}

/**
 * Encodes what is to be said in a room, once for all who hear it. `id` is its `message_id`: give one to make a repeated
 * publication harmless.
 * @throws TypeError when `data` is no JSON
 */
export function toPublication(
  room: RoomName,
  type: string,
  data: unknown,
  id = nextMessageId(),
  { delivery = 'reliable', exceptUser, once }: PublicationOptions = {},
): Publication {
  const text = beginPublication(type, data, id, timestamp(), room === EVERYONE ? undefined : room);
  return { id, body: Buffer.from(text), delivery, exceptUser, once };
}
