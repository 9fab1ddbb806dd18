import { Injectable, OnApplicationBootstrap } from '@nestjs/common';
import { TokenBucket } from '../../connections/token-bucket';
import { ShutdownState } from '../../gateway/shutdown/shutdown-state';
import { ShutdownTasks } from '../../gateway/shutdown/shutdown-tasks';
import { mayReconnect } from '../../protocol/close-codes';
import { PresenceOptions } from './presence.options';
import { DrainOptions } from '../../gateway/shutdown/drain.options';
import type { Joined, Left } from '../../rooms/membership-change';
import { RoomRegistry } from '../../rooms/room-registry';
import { LeaveReason, PresenceStore } from './presence-store';

/**
 * Lost memberships that wait for their users at the same time. Each is kept without a connection that could be limited:
 * one more, and it is gone at once.
 */
const MAX_IN_GRACE = 100_000;
/** For a client that was told when to come back, to do so: it connects, and joins. */
const COMING_BACK_MS = 3_000;

/** Tells the presence store who comes into this node's rooms, and who is not there any more. */
@Injectable()
export class PresenceTracker implements OnApplicationBootstrap {
  readonly #graces: TokenBucket;

  constructor(
    private readonly store: PresenceStore,
    private readonly rooms: RoomRegistry,
    private readonly draining: ShutdownState,
    private readonly options: PresenceOptions,
    private readonly drain: DrainOptions,
    shutdown: ShutdownTasks,
  ) {
    shutdown.add(() => this.store.close());
    const { graceMs } = options;
    // What a full bucket gives at once, and what flows into it within the grace, are half of them each.
    const half = MAX_IN_GRACE / 2;
    this.#graces = new TokenBucket({ perSecond: half / Math.max(graceMs / 1000, 1), burst: half });
  }

  onApplicationBootstrap(): void {
    const { graceMs } = this.options;
    const drainedMs = graceMs && Math.max(graceMs, this.drain.windowMs + Math.min(graceMs, COMING_BACK_MS));
    this.store.configure({ graceMs, drainedMs });
    this.rooms.membershipChanges.subscribe((move) => (move.type === 'joined' ? this.#joined(move) : this.#left(move)));
  }

  /** Joining again without `meta` leaves what is told as it is. */
  #joined({ connection, room, again, meta }: Joined): void {
    if (again && !meta) return;
    const { userId, name } = connection.identity!;
    const told = meta && JSON.stringify(meta);
    this.store.join(room, { connectionId: connection.id, userId, name, joinedAt: Date.now(), meta: told });
  }

  #left({ connection, room, cause, code }: Left): void {
    const mayReturn = cause === 'closed' && mayReconnect(Number(code));
    const who = { connectionId: connection.id, userId: connection.userId! };
    this.store.leave(room, who, mayReturn ? this.#mayReturn() : 'left');
  }

  #mayReturn(): LeaveReason {
    // Nobody comes any more: they are no more than there are.
    if (this.draining.active) return 'drained';
    return this.#graces.spend(1, Date.now()) ? 'lost' : 'left';
  }
}
