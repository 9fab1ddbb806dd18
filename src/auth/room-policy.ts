import type { RoomName } from '../protocol/room-name';
import type { Identity } from './identity';
import { checkPart } from './invalid-option';

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

  /** Whether this user may edit and delete what others said there. By default those with the role `admin` may. */
  moderates(identity: Identity, _room: RoomName): boolean | Promise<boolean> {
    return isAdmin(identity);
  }
}

/** @throws InvalidOption */
export function checkPolicy(policy: unknown): void {
  checkPart('rooms.policy', policy, 'can', 'Try a class that extends RoomPolicy.');
}

export function isAdmin({ roles }: Identity): boolean {
  return roles.includes('admin');
}
