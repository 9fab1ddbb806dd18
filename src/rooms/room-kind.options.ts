import { checkBoolean, checkNames, checkNumber, checkObject } from '../options/invalid-option';

/** What the streams of a kind of rooms keep. */
export interface HistoryLimits {
  /**
   * Publications kept per room. 0 keeps none, and the room's publications carry no offset.
   * @default `history.maxPublications`
   */
  maxPublications: number;
  /** Time a publication is kept, milliseconds. @default `history.maxAgeMs` */
  maxAgeMs: number;
  /** Bytes kept per room, bookkeeping included. The oldest publications are evicted first. @default `history.maxBytes` */
  maxBytes: number;
}

/** Exceptions for the rooms of one kind. */
export interface RoomKindOptions {
  /** Connections in one room of this kind. @default `rooms.maxMembers` */
  maxMembers?: number;
  /** What the streams of these rooms keep. @default `history` */
  history?: Partial<HistoryLimits>;
  /** Whether members get `user_joined` and `user_left` when others join and leave. @default true */
  announce?: boolean;
}

/** @throws InvalidOption */
export function checkKinds(kinds: Record<string, RoomKindOptions>): Record<string, RoomKindOptions> {
  checkObject('roomKinds', kinds);
  for (const [kind, options] of Object.entries(kinds)) {
    checkObject(`roomKinds.${kind}`, options);
    const { maxMembers, history = {}, announce, ...rest } = options;
    checkObject(`roomKinds.${kind}.history`, history);
    checkNames(`roomKinds.${kind}`, rest, ['maxMembers', 'history', 'announce']);
    checkNames(`roomKinds.${kind}.history`, history, ['maxPublications', 'maxAgeMs', 'maxBytes']);
    if (maxMembers !== undefined) checkNumber(`roomKinds.${kind}.maxMembers`, maxMembers);
    for (const [name, value] of Object.entries(history)) {
      checkNumber(`roomKinds.${kind}.history.${name}`, value, name === 'maxBytes' ? 1 : 0);
    }
    if (announce !== undefined) checkBoolean(`roomKinds.${kind}.announce`, announce);
  }
  return kinds;
}
