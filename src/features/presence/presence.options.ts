import { checkNumber, checkPart, MAX_INT } from '../../options/invalid-option';
import type { PresenceStore } from './presence-store';

/** Presence: the list of users in each room. */
export class PresenceOptions {
  /**
   * Time after which a user whose last connection was lost is no longer present, milliseconds. When the node drains, it
   * is at least `drain.windowMs` and 3 seconds. @default 15_000
   */
  readonly graceMs: number = 15_000;
  /** Connections up to which a room's members get `user_joined` and `user_left`. 0 announces nobody. @default 1000 */
  readonly announceMaxConnections: number = 1000;
  /** Where presence is kept. @default undefined: where the backplane is shared, there; otherwise in memory */
  readonly store: PresenceStore | undefined = undefined;
}

/** @throws InvalidOption */
export function checkPresence({ graceMs, store }: PresenceOptions): void {
  checkNumber('presence.graceMs', graceMs, 0, MAX_INT);
  checkPart('presence.store', store, 'members', 'Extend PresenceStore.');
}
