import { checkNames, checkNumber, InvalidOption, show } from './auth/invalid-option';

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
  for (const [kind, { maxMembers, history = {}, announce, ...rest }] of Object.entries(kinds)) {
    checkNames(`kinds.${kind}`, rest, ['maxMembers', 'history', 'announce']);
    checkNames(`kinds.${kind}.history`, history, ['maxPublications', 'maxAgeMs']);
    if (maxMembers !== undefined) checkNumber(`kinds.${kind}.maxMembers`, maxMembers);
    for (const [name, value] of Object.entries(history)) checkNumber(`kinds.${kind}.history.${name}`, value);
    if (announce === undefined || typeof announce === 'boolean') continue;
    throw new InvalidOption(`kinds.${kind}.announce`, `must be true or false, got ${show(announce)}`);
  }
  return kinds;
}
