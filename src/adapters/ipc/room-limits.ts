import type { RoomName } from '../../protocol/room-name';
import type { StreamLimits } from '../../publishing/backplane';

export type Limits = StreamLimits;

/** Where nobody said otherwise. */
export const DEFAULT_LIMITS: Limits = { maxPublications: 1000, maxAgeMs: 86_400_000 };

/** Longer than it takes the memory backplane to ask for every stream it holds. */
const GENERATION_MS = 120_000;

/**
 * How much each room may keep, as the workers told with their last call. Clients name rooms, so a room that nobody has
 * asked for within two generations is forgotten; one with a stream is asked for whenever old publications are cleared.
 */
export class RoomLimits {
  readonly #timer = setInterval(() => this.nextGeneration(), GENERATION_MS).unref();
  #recent = new Map<RoomName, Limits>();
  #older = new Map<RoomName, Limits>();

  set(room: RoomName, limits: Limits): void {
    this.#recent.set(room, limits);
  }

  of(room: RoomName): Limits {
    const recent = this.#recent.get(room);
    if (recent) return recent;
    const limits = this.#older.get(room) ?? DEFAULT_LIMITS;
    this.#recent.set(room, limits);
    return limits;
  }

  nextGeneration(): void {
    this.#older = this.#recent;
    this.#recent = new Map();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
