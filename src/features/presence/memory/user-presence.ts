import type { Member } from '../../../protocol/frames';
import type { Presence } from '../presence-store';

/** A user in a room, with all its connections there. */
export class UserPresence {
  readonly #connections = new Map<string, Presence>();
  readonly #since: number;
  #name: string | undefined;
  /** Its grace runs while there is no connection. */
  endGrace: (() => void) | undefined;

  constructor({ joinedAt, name }: Presence) {
    this.#since = joinedAt;
    this.#name = name;
  }

  get name(): string | undefined {
    return this.#name;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** False when the connection was there already. */
  add(presence: Presence): boolean {
    const known = this.#connections.get(presence.connectionId);
    this.#name = presence.name;
    this.#connections.set(presence.connectionId, { ...presence, joinedAt: known?.joinedAt ?? presence.joinedAt });
    return !known;
  }

  remove(connectionId: string): boolean {
    return this.#connections.delete(connectionId);
  }

  toMember(userId: string): Member {
    const meta = [...this.#connections.values()].findLast((connection) => connection.meta !== undefined)?.meta;
    return {
      user_id: userId,
      name: this.#name,
      connections: this.connections,
      joined_at: new Date(this.#since).toISOString(),
      ...(meta === undefined ? {} : { meta: JSON.parse(meta) as Member['meta'] }),
    };
  }
}
