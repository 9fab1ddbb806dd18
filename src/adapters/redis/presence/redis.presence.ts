import { Subject } from 'rxjs';
import { inOwnContext } from '../../../async/own-context';
import type { RoomName } from '../../../protocol/room-name';
import type { RedisConnections } from '../redis-connections';
import {
  LeaveReason,
  MembersPage,
  MembersRequest,
  Presence,
  PresenceChange,
  PresenceSettings,
  PresenceStore,
} from '../../../features/presence/presence-store';
import { CoalescedTask } from '../../../async/coalesced-task';
import { NodeName } from './node-name';
import { LocalPresence } from './local-presence';
import { NodeLeases, Renewal } from './node-leases';
import { PresenceRecords } from './presence-records';

export interface RedisPresenceOptions {
  /** A node that is not heard for this long is taken for dead; it is heard three times as often. @default 10_000 */
  leaseMs?: number;
  /** Within this time each room is compared with what Redis has, should something be lost there. @default 300_000 */
  roundMs?: number;
}

const MAX_BEAT_MS = 500;
const MAX_CLOSE_MS = 3000;

/**
 * Who is in the rooms of all nodes that share a Redis, or a Redis Cluster.
 *
 * ```ts
 * RealtimeModule.forRoot({ backplane: redis({ url: 'redis://localhost', prefix: 'my-app:', presence: { leaseMs: 5_000 } }), … })
 * ```
 * The connections are not its own: they end with the backplane. Each join and each leave is one script, whose
 * work does not grow with the room; each node is heard every few seconds, whatever it holds.
 *
 * A node that is gone without a word is noticed after `leaseMs`; one of the others takes its rooms over, and its users
 * are gone when their grace, counted from when it was last heard, is over. One that was only cut off comes back under
 * another name, with its users. While Redis is away nobody is taken for dead, joins succeed, and `members` rejects as
 * `unavailable`; afterwards each node writes what it has. Lost if Redis is flushed, until each node has: a few seconds.
 *
 * Every key has a time to live, renewed as long as a node has something in the room; what a `volatile-…` policy evicts is
 * written again within `roundMs`.
 */
export class RedisPresence extends PresenceStore {
  readonly #node = new NodeName();
  readonly #rosters: PresenceRecords;
  readonly #registry: NodeLeases;
  readonly #own: LocalPresence;
  readonly #changes = new Subject<PresenceChange>();
  readonly #leaseMs: number;
  readonly #roundMs: number;
  readonly #beatMs: number;
  readonly #farewells = new CoalescedTask(() => this.#own.tellGone(() => this.#isSettled()));
  readonly #savings = new CoalescedTask(() => this.#own.saveUnsaved());
  readonly #restating = new CoalescedTask(() => this.#own.restate());
  readonly #round = new CoalescedTask(() => this.#own.checkSome(this.#roundMs / this.#beatMs));
  #timer: NodeJS.Timeout | undefined;
  #graces: Readonly<Record<LeaveReason, number>> = { left: 0, lost: 0, drained: 0 };
  #epoch: string | undefined;
  #heardAs: string | undefined;
  #renewAt = 0;
  /** Until when it is known that this node, and Redis, are in order; milliseconds since 1970. */
  #freshUntil = 0;
  #settledAt = Infinity;
  /** Until when it cannot have been taken for dead. */
  #aliveUntil = 0;
  #beating: Promise<void> | undefined;
  #busyWith: string | undefined;
  #isConnected = false;

  override readonly changes = this.#changes.asObservable();

  /** @throws Error for options that cannot work, and for connections that are in use already */
  constructor(redis: RedisConnections, { leaseMs = 10_000, roundMs = 300_000 }: RedisPresenceOptions = {}) {
    super();
    checkMs('leaseMs', leaseMs);
    checkMs('roundMs', roundMs);
    this.#leaseMs = leaseMs;
    this.#roundMs = roundMs;
    this.#beatMs = Math.min(MAX_BEAT_MS, leaseMs / 10);
    this.#rosters = new PresenceRecords(redis);
    this.#registry = new NodeLeases(redis, leaseMs);
    const isAlive = () => (Date.now() < this.#aliveUntil ? undefined : this.#heartbeat());
    const tell = (change: PresenceChange) => this.#changes.next(change);
    this.#own = new LocalPresence(this.#node, this.#rosters, this.#registry, isAlive, tell);
    redis.state.subscribe({
      next: (state) => this.#become(state === 'connected'),
      complete: () => clearInterval(this.#timer),
    });
  }

  override configure({ graceMs, drainedMs }: PresenceSettings): void {
    this.#graces = { left: 0, lost: graceMs, drained: drainedMs };
    this.#timer ??= setInterval(() => this.#beat(), this.#beatMs).unref();
    this.#beat();
  }

  override join(room: RoomName, presence: Presence): void {
    this.#own.join(room, presence);
  }

  override leave(room: RoomName, who: Pick<Presence, 'connectionId' | 'userId'>, how: LeaveReason): void {
    this.#own.leave(room, who, this.#graces[how]);
  }

  override async members(room: RoomName, request: MembersRequest): Promise<MembersPage> {
    await this.#own.saved(room);
    return this.#rosters.list(room, request);
  }

  override async close(): Promise<void> {
    clearInterval(this.#timer);
    const goodbye = this.#own.allSaved().then(() => this.#registry.sayGoodbye(this.#node.current));
    // Where it fails this node is one that died.
    await Promise.race([goodbye.catch(() => undefined), timeout(MAX_CLOSE_MS)]);
    this.#changes.complete();
  }

  #beat(): void {
    const now = Date.now();
    if (now >= this.#renewAt) this.#heartbeat().catch(() => undefined);
    if (this.#isSettled()) this.#farewells.run();
    if (!this.#isConnected) return;
    this.#savings.run();
    this.#round.run();
  }

  #become(isConnected: boolean): void {
    this.#isConnected = isConnected;
    if (!isConnected || this.#epoch === undefined) return;
    this.#renewAt = this.#aliveUntil = 0;
    this.#restating.run();
  }

  /** After Redis was away everybody gets some time to come back before somebody is said to be gone. */
  #isSettled(): boolean {
    const now = Date.now();
    return now >= this.#settledAt && now < this.#freshUntil;
  }

  #heartbeat(): Promise<void> {
    return (this.#beating ??= inOwnContext(() => this.#renew()).finally(() => (this.#beating = undefined)));
  }

  async #renew(): Promise<void> {
    const asked = Date.now();
    const { current } = this.#node;
    const renewal = await this.#registry.renew(current, this.#busyWith);
    this.#renewAt = asked + this.#leaseMs / 3;
    this.#freshUntil = asked + this.#leaseMs / 2;
    this.#aliveUntil = asked + this.#leaseMs * 0.75;
    this.#settledAt = asked + this.#leaseMs / 2 - renewal.settledMs;
    if (renewal.dead) void this.#takeOver(renewal.dead);
    const before = { epoch: this.#epoch, heardAs: this.#heardAs };
    this.#epoch = renewal.epoch;
    this.#heardAs = current;
    if (before.heardAs === undefined) return;
    if (before.epoch !== renewal.epoch) this.#own.restore();
    else if (before.heardAs === current && !renewal.wasAlive) await this.#comeBack();
  }

  /** Under another name, which has to be known before anything is said under it. */
  async #comeBack(): Promise<void> {
    this.#aliveUntil = 0;
    this.#own.rename();
    await this.#renew();
  }

  async #takeOver({ node, heardMs }: NonNullable<Renewal['dead']>): Promise<void> {
    this.#busyWith = node;
    const graceMs = Math.max(0, this.#graces.lost - heardMs);
    try {
      for (;;) {
        const rooms = await this.#registry.someRooms(node);
        if (!rooms.length) break;
        await Promise.all(rooms.map((room) => this.#own.takeOver(room, node, graceMs)));
        await this.#registry.removeRooms(node, ...rooms);
      }
      await this.#registry.bury(node);
    } catch {
      // What is left of it falls to whoever finds it after a while.
    }
    this.#busyWith = undefined;
    this.#renewAt = 0;
  }
}

function checkMs(option: string, ms: number): void {
  if (ms >= 100 && ms <= 600_000) return;
  throw new Error(`RedisPresence: ${option} must be a number, 100 to 600000, got ${ms}.`);
}

function timeout(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
