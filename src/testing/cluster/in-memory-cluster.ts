import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBackplane } from '../../publishing/memory/memory.backplane';
import type { Clock } from '../../async/clock';
import { MemoryReplyStore } from '../../gateway/idempotency/memory-reply-store';
import { MemoryUserLimits } from '../../gateway/limits/memory-user-limits';
import { MemoryPresence } from '../../features/presence/memory/memory.presence';
import { PresenceStore } from '../../features/presence/presence-store';
import { ReplyStore } from '../../gateway/idempotency/reply-store';
import { UserLimits } from '../../gateway/limits/user-limits';
import { Nodes } from '../../nodes/nodes';
import type { Backplane } from '../../publishing/backplane';
import { IdempotencyOptions } from '../../gateway/idempotency/idempotency.options';
import { sharedOf } from '../../module/adapter.options';
import type { RealtimeModuleOptions } from '../../realtime.options';
import { SqliteStorage } from '../../adapters/sqlite/sqlite.storage';
import { ClusterMemberBackplane, SiteStreams } from './site.backplane';
import { SiteNodes } from './site.nodes';
import { SiteAttendance, SitePresence } from './site.presence';
import { SiteAdapters } from './site.adapters';
import { SiteReplies } from './site.replies';

/** What one node has of the site. */
export interface ClusterMember {
  readonly options: RealtimeModuleOptions;
  /** The others do not hear from this node any more, nor it from them. */
  cut(): Promise<void>;
}

/** What the nodes of one test have in common, as others have a Redis and a database. Gone with the test. */
export class InMemoryCluster {
  /** The embedded database: each node opens it for itself. */
  readonly #directory = mkdtempSync(join(tmpdir(), 'realtime-test-'));
  readonly #streams: SiteStreams;
  readonly #attendance: SiteAttendance;
  readonly #userLimits: MemoryUserLimits;
  readonly #living = new Set<SiteNodes>();
  #replies: MemoryReplyStore | undefined;
  /** Adapters the application brought itself: each is closed with its node. */
  readonly #taken = new Map<object, string>();

  constructor(private readonly clock: Clock) {
    this.#streams = new SiteStreams(new MemoryBackplane(clock));
    this.#attendance = new SiteAttendance(new MemoryPresence(clock));
    this.#userLimits = new MemoryUserLimits(clock);
  }

  /**
   * The application's options, with ends of what is here instead of what is embedded in one process.
   * @throws Error where two nodes were given the same adapter
   */
  join(given: RealtimeModuleOptions, name: string): ClusterMember {
    const shared = sharedOf(given.backplane);
    const own = shared || embedded(given.backplane, MemoryBackplane) ? undefined : (given.backplane as Backplane);
    this.#take(name, { ...given, backplane: shared ?? own });
    const storage = this.#storageFor(given);
    if (shared) return { options: { ...given, storage }, cut: () => shared.close() };
    const ends = new SiteAdapters(
      own ?? new ClusterMemberBackplane(this.#streams),
      new Map<unknown, () => unknown>([
        [ReplyStore, () => this.#repliesFor(given)],
        [PresenceStore, () => new SitePresence(this.#attendance)],
        [Nodes, () => new SiteNodes(name, this.#living)],
        [UserLimits, () => this.#userLimits],
      ]),
    );
    return { options: { ...given, storage, backplane: ends }, cut: () => ends.cut(own === undefined) };
  }

  async close(): Promise<void> {
    await this.#streams.memory.close();
    await this.#attendance.memory.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** No test writes into the file of the application. */
  #storageFor({ storage }: RealtimeModuleOptions): RealtimeModuleOptions['storage'] {
    if (!(storage instanceof SqliteStorage)) return storage;
    return new SqliteStorage({ file: join(this.#directory, 'realtime.sqlite'), shared: true });
  }

  #repliesFor({ idempotency }: RealtimeModuleOptions): SiteReplies {
    this.#replies ??= new MemoryReplyStore({ ...new IdempotencyOptions(), ...idempotency }, this.clock);
    return new SiteReplies(this.#replies);
  }

  #take(name: string, given: RealtimeModuleOptions): void {
    for (const option of ['backplane', 'replies', 'nodes', 'storage'] as const) {
      const adapter: unknown = given[option];
      if (typeof adapter !== 'object' || adapter === null || adapter instanceof SqliteStorage) continue;
      const other = this.#taken.get(adapter);
      if (other) throw sameAdapter(option, name, other);
      this.#taken.set(adapter, name);
    }
  }
}

/** One of the module itself; one that the application derived from it is there for a reason. */
function embedded(adapter: object | undefined, type: unknown): boolean {
  return adapter?.constructor === type;
}

function sameAdapter(option: string, name: string, other: string): Error {
  return new Error(
    `realtimeTest: ${name} was given the same \`${option}\` as ${other}, and an adapter ends with its node. ` +
      'Try RealtimeModule.forRootAsync({ useFactory }), which makes one for each node.',
  );
}
