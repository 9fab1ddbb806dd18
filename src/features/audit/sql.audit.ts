import { Logger, OnApplicationBootstrap } from '@nestjs/common';
import { now } from '../../async/clock';
import type { RealtimeCounters } from '../../connections/realtime-counters';
import { inOwnContext } from '../../async/own-context';
import type { ShutdownTasks } from '../../gateway/shutdown/shutdown-tasks';
import { ThrottledLogger } from '../../logging/throttled-logger';
import { isUnavailable } from '../../protocol/errors';
import type { AuditOptions } from './audit.options';
import type { AuditEntries, NewAuditRow } from './audit-entries.repository';
import { Audit, AuditEntry } from './audit';
import { Purge } from './purge';
import { CountedRow, Quota } from './quota';
import { WriteBehindBuffer } from './write-behind-buffer';

const BATCH = 200;
const FLUSH_MS = 200;
/** Folded entries are written as rows this often, and at shutdown. */
const UNFOLD_MS = 300_000;

/** The record in the database, written behind what happens: up to 200 ms of it are lost when the process dies. */
export class SqlAudit extends Audit implements OnApplicationBootstrap {
  readonly #logger = new Logger('RealtimeModule');
  readonly #failures = new ThrottledLogger();
  readonly #waiting = new WriteBehindBuffer((count) => (this.traffic.auditDropped += count));
  #flushTimer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #unfoldTimer: NodeJS.Timeout | undefined;
  readonly #quota: Quota;
  readonly #purge: Purge;

  constructor(
    options: AuditOptions,
    private readonly entries: AuditEntries,
    private readonly traffic: RealtimeCounters,
    shutdown: ShutdownTasks,
  ) {
    super();
    shutdown.add(() => this.#close());
    this.#quota = new Quota(options.maxPerUserAndHour);
    this.#purge = new Purge(entries, options);
  }

  onApplicationBootstrap(): void {
    this.#purge.start();
    this.#unfoldTimer = setInterval(() => this.#unfold(), UNFOLD_MS).unref();
  }

  async #close(): Promise<void> {
    clearInterval(this.#unfoldTimer);
    await this.#purge.stop();
    this.#unfold();
    await this.flush();
    clearTimeout(this.#flushTimer);
  }

  override record(entry: AuditEntry): void {
    const row = toRow(entry);
    if (this.#quota.admits(row)) this.#add(row);
  }

  /** Writes what waits. What cannot be written now stays for the next time. */
  flush(): Promise<void> {
    return (this.#flushing = this.#flushing.then(() => this.#flush()));
  }

  #unfold(): void {
    for (const row of this.#quota.take()) this.#add(row);
  }

  #add(row: CountedRow): void {
    this.#waiting.add(row);
    this.#flushLater();
  }

  #flushLater(): void {
    this.#flushTimer ??= inOwnContext(() => setTimeout(() => void this.flush(), FLUSH_MS).unref());
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    this.#waiting.dropOldest();
    while (this.#waiting.size) {
      const batch = this.#waiting.take(BATCH);
      try {
        this.#purge.added(await this.#write(batch));
        this.#waiting.written(batch);
      } catch (error) {
        this.#waiting.putBack(batch);
        this.#flushLater();
        return this.#logger.debug(`The audit could not be written: ${String(error)}`);
      }
    }
  }

  /**
   * Writes rows, and drops those that the database refuses: it would refuse them each time, and with them
   * all later rows. If the database becomes unavailable half-way, some rows are written twice.
   * @returns how many rows were written
   * @throws RealtimeError `unavailable`
   */
  async #write(rows: readonly NewAuditRow[]): Promise<number> {
    try {
      await this.entries.add(rows);
      return rows.length;
    } catch (error) {
      if (isUnavailable(error)) throw error;
      if (rows.length === 1) return this.#drop(rows[0], error);
      const half = rows.length >> 1;
      return (await this.#write(rows.slice(0, half))) + (await this.#write(rows.slice(half)));
    }
  }

  /** Logs the entry's type and the database's code. The entry and the database's message may hold personal data. */
  #drop({ type }: NewAuditRow, error: unknown): number {
    const { code = 'none' } = error as { code?: string };
    const kind = 'The database refused an audit entry, which is dropped';
    this.#failures.error(kind, `${kind}: code ${code}, an entry of the type ${type}`);
    this.traffic.auditDropped++;
    return 0;
  }
}

function toRow({ type, user, room, target, code, connection, address }: AuditEntry) {
  return {
    at: now(),
    type,
    user_id: user ?? null,
    room: room ?? null,
    target: target ?? null,
    code: code ?? null,
    connection_id: connection ?? null,
    address: address ?? null,
    count: 1,
  };
}
