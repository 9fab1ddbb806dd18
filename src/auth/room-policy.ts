import type { Type } from '@nestjs/common';
import type { RoomName } from '../protocol/room-name';
import type { Identity } from './identity';
import { checkPart, InvalidOption } from '../options/invalid-option';

/** The actions of the module's own commands; `chat` also covers editing and deleting one's own messages. */
type OwnAction = 'join' | 'chat' | 'typing' | 'broadcast' | 'history' | 'presence';

/** One of these, or what the host's `@RequireRoom()` names: by default the command itself. */
export type RoomAction = OwnAction | (string & Record<never, never>);

/** The actions that change nothing in a room. */
export const READS: ReadonlySet<RoomAction> = new Set<OwnAction>(['join', 'history', 'presence']);

/** Data the client sent with a join, for policies that need more than the room's name. */
export interface RoomRequest {
  readonly password?: string;
}

/** Decides who may do what in which room. It is asked at every command that names a room, and by `RoomsService.recheck`. */
export abstract class RoomPolicy {
  /**
   * `request` comes with a join; without one a membership is checked again, or explained to an operator.
   * `false` is answered `forbidden`; throw a `RealtimeError` for another code (`banned`, `password_required`).
   */
  abstract can(
    identity: Identity,
    action: RoomAction,
    room: RoomName,
    request?: RoomRequest,
  ): boolean | Promise<boolean>;

  /**
   * Whether a connection that has not joined the room may do there what `can` allows: read its history, see who is in, or
   * use a command of the application's own. Never asked for `chat`, `typing` and `broadcast`, which need membership. Without
   * it the answer is `not_member`. @default false
   */
  allowsNonMember(_identity: Identity, _action: RoomAction, _room: RoomName): boolean | Promise<boolean> {
    return false;
  }

  /** Whether this user may edit and delete what others said there. By default those with the role `admin` may. */
  moderates(identity: Identity, _room: RoomName): boolean | Promise<boolean> {
    return isAdmin(identity);
  }
}

/** `'open'`: every authenticated user may do everything in every unreserved room. */
export type PolicyOption = RoomPolicy | Type<RoomPolicy> | 'open';

/** Injects the `PolicyOption` of this process. */
export const POLICY = Symbol('policy');

/** @throws InvalidOption */
export function checkPolicyOption(policy: unknown): void {
  if (policy === undefined) throw new InvalidOption('policy', 'is missing', PASS_ONE);
  // The instance of a class is checked when it exists.
  if (policy !== 'open' && typeof policy !== 'function') checkPolicy(policy);
}

/** @throws InvalidOption */
export function checkPolicy(policy: unknown): void {
  checkPart('policy', policy, 'can', PASS_ONE);
}

const PASS_ONE =
  "Pass a class that extends RoomPolicy, or policy: 'open' to let every signed-in user do everything in every room.";

export function isAdmin({ roles }: Identity): boolean {
  return roles.includes('admin');
}
