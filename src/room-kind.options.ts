import { checkNames, checkNumber } from './auth/invalid-option';

export interface HistoryLimits {
  /** Publications kept per room; 0 keeps none, and the room's publications carry no offset. @default 1000 */
  maxPublications: number;
  /** How long a publication is kept. @default 86_400_000 (24 h) */
  maxAgeMs: number;
}

export interface RoomKindOptions {
  maxMembers?: number;
  history?: Partial<HistoryLimits>;
}

/** @throws InvalidOption */
export function checkKinds(kinds: Record<string, RoomKindOptions>): Record<string, RoomKindOptions> {
  for (const [kind, { maxMembers, history = {}, ...rest }] of Object.entries(kinds)) {
    checkNames(`kinds.${kind}`, rest, ['maxMembers', 'history']);
    checkNames(`kinds.${kind}.history`, history, ['maxPublications', 'maxAgeMs']);
    if (maxMembers !== undefined) checkNumber(`kinds.${kind}.maxMembers`, maxMembers);
    for (const [name, value] of Object.entries(history)) checkNumber(`kinds.${kind}.history.${name}`, value);
  }
  return kinds;
}
