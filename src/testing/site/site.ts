import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBackplane } from '../../publishing/memory/memory.backplane';
import type { Clock } from '../../async/clock';
import { MemoryReplyStore } from '../../gateway/idempotency/memory-reply-store';
import { MemoryUserLimits } from '../../gateway/limits/memory-user-limits';
import { MemoryPresence } from '../../features/presence/memory/memory.presence';
import { IdempotencyOptions } from '../../gateway/idempotency/idempotency.options';
import type { GivenOptions } from '../../realtime.options';
import { SqliteStorage } from '../../adapters/sqlite/sqlite.storage';
import { SiteBackplane, SiteStreams } from './site.backplane';
import { SiteNodes } from './site.nodes';
import { SiteAttendance, SitePresence } from './site.presence';
import { SiteReplies } from './site.replies';

/** What one node has of the site. */
export interface SiteEnd {
  readonly options: GivenOptions;
  /** The others do not hear from this node any more, nor it from them. */
  cut(): Promise<void>;
}

/** What the nodes of one test have in common, as others have a Redis and a database. Gone with the test. */
export class Site {
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
  join(given: GivenOptions, name: string): SiteEnd {
    const { redis } = given;
    const own = embedded(given.backplane, MemoryBackplane) ? undefined : given.backplane;
    const store = embedded(given.presence?.store, MemoryPresence) ? undefined : given.presence?.store;
    this.#take(name, { ...given, backplane: own, store });
    const held: { close(): unknown }[] = [];
    const hold = <End extends { close(): unknown }>(end: End): End | undefined => {
      if (redis) return undefined;
      held.push(end);
      return end;
    };
    const options = {
      ...given,
      storage: this.#storageFor(given),
      backplane: own ?? hold(new SiteBackplane(this.#streams)),
      replies: given.replies ?? hold(this.#repliesFor(given)),
      presence: { ...given.presence, store: store ?? hold(new SitePresence(this.#attendance)) },
      nodes: given.nodes ?? hold(new SiteNodes(name, this.#living)),
      userLimits: given.userLimits ?? (redis ? undefined : this.#userLimits),
    };
    return { options, cut: async () => void (await Promise.all([...held, redis].map((end) => end?.close()))) };
  }

  async close(): Promise<void> {
    await this.#streams.memory.close();
    await this.#attendance.memory.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** No test writes into the file of the application. */
  #storageFor({ storage }: GivenOptions): GivenOptions['storage'] {
    const embedded = storage === undefined || storage instanceof SqliteStorage;
    return embedded ? new SqliteStorage({ file: join(this.#directory, 'realtime.sqlite'), shared: true }) : storage;
  }

  #repliesFor({ idempotency }: GivenOptions): SiteReplies {
    this.#replies ??= new MemoryReplyStore({ ...new IdempotencyOptions(), ...idempotency }, this.clock);
    return new SiteReplies(this.#replies);
  }

  #take(name: string, given: Record<string, unknown>): void {
    for (const option of ['redis', 'backplane', 'replies', 'store', 'nodes', 'storage']) {
      const adapter = given[option];
      if (typeof adapter !== 'object' || adapter === null || adapter instanceof SqliteStorage) continue;
      const other = this.#taken.get(adapter);
      if (other) throw sameAdapter(option === 'store' ? 'presence.store' : option, name, other);
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
