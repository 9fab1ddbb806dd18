import type { Identity } from '../auth/identity';
import type { RoomName } from '../protocol/room-name';

/** Decides how often one may say something in the rooms of a kind. */
export interface PublishThrottle {
  /**
   * Takes a user's turn to say something; what is returned gives it back, if nothing was said.
   * @throws RealtimeError `rate_limited`
   */
  acquire(identity: Identity, room: RoomName): Promise<() => void>;
}
