import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { Identity } from '../../auth/identity';
import type { Clock } from '../../async/clock';
import { RealtimeError } from '../../protocol/errors';

/** A user, or one token of a user, that may not authenticate for a while. */
export interface Revocation {
  readonly user: string;
  /** The token's claim `jti`; left out: the user with every token. */
  readonly jti?: string;
  /** When it is over, milliseconds since 1970. One that is over already lifts the one before it. */
  readonly until: number;
}

/** Where nodes share what they know of revoked users and tokens. */
export abstract class SharedRevocations {
  /**
   * Times are in milliseconds since 1970; `until` in the past lifts it.
   * @returns false when there are `max` others
   * @throws RealtimeError `unavailable`
   */
  abstract save(name: string, until: number, now: number, max: number): Promise<boolean>;
  /** Those that are not over, and until when. @throws RealtimeError `unavailable` */
  abstract read(now: number, max: number): Promise<[name: string, until: number][]>;
}

/** More cannot be revoked at a time, on all nodes together. */
export const MAX_REVOCATIONS = 10_000;
/** A node that could not read what the others know tries again after this long, milliseconds. */
const RETRY_MS = 5_000;

/**
 * Who may not authenticate for a while: in the memory of each node, told from node to node, and kept in Redis where
 * there is one, for nodes that start later. Without Redis a restart forgets it. A node that was cut off while one was
 * lifted keeps it until it is over.
 */
@Injectable()
export class Revocations implements OnApplicationBootstrap {
  readonly #logger = new Logger('RealtimeModule');
  /** By user, or user and token: until when. */
  readonly #until = new Map<string, number>();
  readonly #loaded = new Subject<void>();
  /** What other nodes shared was read: some who are connected here may be revoked. */
  readonly loaded = this.#loaded.asObservable();

  constructor(
    private readonly clock: Clock,
    private readonly shared?: SharedRevocations,
  ) {}

  /** Before the first client comes. */
  onApplicationBootstrap(): Promise<void> {
    return this.load();
  }

  /** When one is over that begins now, milliseconds since 1970. */
  endAfter(ms: number): number {
    return this.clock.now() + ms;
  }

  /** On this node, at once. @throws RealtimeError `limit_exceeded` */
  set({ user, jti, until }: Revocation): void {
    const key = keyOf(user, jti);
    if (until <= this.clock.now()) return void this.#until.delete(key);
    if (this.#until.size >= MAX_REVOCATIONS) this.#forgetOver();
    if (this.#until.size >= MAX_REVOCATIONS && !this.#until.has(key)) throw tooMany();
    this.#until.set(key, until);
  }

  /** For nodes that start later, or cannot be told now. @throws RealtimeError `limit_exceeded`, `unavailable` */
  async share({ user, jti, until }: Revocation): Promise<void> {
    const saved = await this.shared?.save(keyOf(user, jti), until, this.clock.now(), MAX_REVOCATIONS);
    if (saved === false) throw tooMany();
  }

  /** Reads what other nodes shared. */
  async load(): Promise<void> {
    if (!this.shared) return;
    try {
      const all = await this.shared.read(this.clock.now(), MAX_REVOCATIONS);
      for (const [key, until] of all) this.#until.set(key, until);
      this.#loaded.next();
    } catch (error) {
      this.#logger.warn(`Revoked users and tokens could not be read; the next attempt is in 5 s: ${String(error)}`);
      this.clock.after(RETRY_MS, () => void this.load());
    }
  }

  /** @throws RealtimeError `banned` for somebody who may not authenticate now */
  check(identity: Identity): void {
    if (!this.isRevoked(identity)) return;
    const end = new Date(this.#endFor(identity)).toISOString();
    throw new RealtimeError('banned', `An administrator revoked your access until ${end}. Do not reconnect before.`);
  }

  isRevoked(identity: Identity): boolean {
    return this.#until.size > 0 && this.#endFor(identity) > this.clock.now();
  }

  #endFor({ userId, claims }: Identity): number {
    const { jti } = claims ?? {};
    return Math.max(this.#endOf(userId), typeof jti === 'string' ? this.#endOf(userId, jti) : 0);
  }

  #endOf(user: string, jti?: string): number {
    return this.#until.get(keyOf(user, jti)) ?? 0;
  }

  #forgetOver(): void {
    const now = this.clock.now();
    for (const [key, until] of this.#until) if (until <= now) this.#until.delete(key);
  }
}

/** No user's id has a NUL in it. */
function keyOf(user: string, jti?: string): string {
  return jti === undefined ? user : `${user}\0${jti}`;
}

function tooMany(): RealtimeError {
  return new RealtimeError(
    'limit_exceeded',
    `${MAX_REVOCATIONS} users and tokens are revoked already. Lift one, or wait until one is over.`,
  );
}
