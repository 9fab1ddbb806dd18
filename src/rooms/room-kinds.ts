import { EVERYONE, RoomName, roomKind } from '../protocol/room-name';
import type { Retention } from '../publishing/backplane';
import type { HistoryOptions } from '../publishing/history.options';
import { checkKinds, HistoryLimits, RoomKindOptions } from './room-kind.options';
import type { RoomsOptions } from './rooms.options';

const NO_HISTORY = { maxPublications: 0, maxAgeMs: 0, maxBytes: 0 };

/** What holds for the rooms of each kind: its exceptions, and the options of all rooms otherwise. */
export class RoomKinds {
  readonly #kinds: Readonly<Record<string, RoomKindOptions>>;
  /** Of the kinds that have limits of their own; asked for at every publication. */
  readonly #historyOf: ReadonlyMap<string, HistoryLimits>;

  /** @throws InvalidOption */
  constructor(
    given: Record<string, RoomKindOptions>,
    private readonly history: HistoryOptions,
    private readonly rooms: RoomsOptions,
  ) {
    this.#kinds = checkKinds(given);
    this.#historyOf = new Map(
      Object.entries(given).map(([kind, options]) => [kind, { ...history, ...options.history }]),
    );
  }

  /** What the rooms' streams may keep. */
  get retention(): Retention {
    return {
      // No client could name the position of what goes to everyone.
      limitsOf: (room: RoomName) => (room === EVERYONE ? NO_HISTORY : this.historyOf(roomKind(room))),
      maxTotalBytes: this.history.maxTotalBytes,
      maxBytesPerUser: this.history.maxBytesPerUser,
    };
  }

  historyOf(kind: string): HistoryLimits {
    return this.#historyOf.get(kind) ?? this.history;
  }

  maxMembersOf(kind: string): number {
    return this.#kind(kind)?.maxMembers ?? this.rooms.maxMembers;
  }

  /** Whether the members of such rooms are told who comes and goes. */
  announces(kind: string): boolean {
    return this.#kind(kind)?.announce ?? true;
  }

  /** Clients name the kinds: `constructor` is none of ours. */
  #kind(kind: string): RoomKindOptions | undefined {
    return Object.hasOwn(this.#kinds, kind) ? this.#kinds[kind] : undefined;
  }
}
