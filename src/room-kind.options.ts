import { checkBoolean, checkNames, checkNumber, checkObject } from './auth/invalid-option';

export interface HistoryLimits {
  /** Publications kept per room; 0 keeps none, and the room's publications carry no offset. @default 1000 */
  maxPublications: number;
  /** How long a publication is kept. @default 86_400_000 (24 h) */
  maxAgeMs: number;
}

export interface RoomKindOptions {
  maxMembers?: number;
  history?: Partial<HistoryLimits>;
  /** Whether the members are told who comes and goes: `user_joined`, `user_left`. @default true */
  announce?: boolean;
}

/** @throws InvalidOption */
export function checkKinds(kinds: Record<string, RoomKindOptions>): Record<string, RoomKindOptions> {
  checkObject('kinds', kinds);
  for (const [kind, options] of Object.entries(kinds)) {
    checkObject(`kinds.${kind}`, options);
    const { maxMembers, history = {}, announce, ...rest } = options;
    checkObject(`kinds.${kind}.history`, history);
    checkNames(`kinds.${kind}`, rest, ['maxMembers', 'history', 'announce']);
    checkNames(`kinds.${kind}.history`, history, ['maxPublications', 'maxAgeMs']);
    if (maxMembers !== undefined) checkNumber(`kinds.${kind}.maxMembers`, maxMembers);
    for (const [name, value] of Object.entries(history)) checkNumber(`kinds.${kind}.history.${name}`, value);
    if (announce !== undefined) checkBoolean(`kinds.${kind}.announce`, announce);
  }
  return kinds;
}
