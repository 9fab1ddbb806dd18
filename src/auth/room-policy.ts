import type { RoomName } from '../protocol/room-name';
import type { Identity } from './identity';

export type RoomAction = 'join' | 'publish' | 'history' | 'presence';

/** What the client sent along, for policies that ask for more than a name. */
export interface RoomRequest {
  readonly password?: string;
}

/** Who may do what in which room. Asked at every join and publication, and again by `RoomsService.recheck`. */
export abstract class RoomPolicy {
  /** `false` is answered `forbidden`; throw a `RealtimeError` for another code (`banned`, `password_required`). */
  abstract can(
    identity: Identity,
    action: RoomAction,
    room: RoomName,
    request?: RoomRequest,
  ): boolean | Promise<boolean>;
}
