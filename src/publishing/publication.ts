import type { Publication } from './backplane';
import type { Complete } from './publication.codec';
import { nextMessageId } from '../protocol/message-id';
import { timestamp } from '../async/timestamp';
import { beginPublication } from '../protocol/codec';
import type { Author } from '../protocol/frames';
import { EVERYONE, RoomName } from '../protocol/room-name';

export interface PublicationOptions {
  /** @default 'reliable' */
  readonly delivery?: Publication['delivery'];
  readonly exceptUser?: string;
  /** The user whose connection publishes it. */
  readonly publisher?: string;
  /** Nobody else has this `id`, and nobody repeats it. */
  readonly once?: boolean;
  /** Who sent it, of a client's event. */
  readonly user?: Author;
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
  { delivery = 'reliable', exceptUser, publisher, once, user }: PublicationOptions = {},
): Complete<Publication> {
  const text = beginPublication(type, data, id, timestamp(), room === EVERYONE ? undefined : room, user);
  return { id, body: Buffer.from(text), delivery, exceptUser, publisher, once };
}
