import { Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { now } from '../clock';
import type { Traffic } from '../connections/traffic';
import type { RealtimeOptions } from '../realtime.options';
import type { AuditEntries } from '../storage/audit-entries.repository';
import { Audit, AuditEntry } from './audit';
import { Unwritten } from './unwritten';

const BATCH = 200;
const FLUSH_MS = 200;
const PURGE_MS = 60_000;

/** The record in the database, written behind what happens: up to 200 ms of it are lost when the process dies. */
export class SqlAudit extends Audit implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('RealtimeModule');
  readonly #waiting = new Unwritten((count) => (this.traffic.auditDropped += count));
  #flushTimer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #purgeTimer: NodeJS.Timeout | undefined;
  #purging: Promise<void> | undefined;

  constructor(
    private readonly entries: AuditEntries,
    private readonly options: RealtimeOptions,
    private readonly traffic: Traffic,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    const purge = (): void => void (this.#purging ??= this.#purge());
    // At once too: a process may not live as long as it takes until the next time.
    purge();
    this.#purgeTimer = setInterval(purge, PURGE_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#purgeTimer);
    await this.#purging;
    await this.flush();
    clearTimeout(this.#flushTimer);
  }

  override record(entry: AuditEntry): void {
    this.#waiting.add(toRow(entry));
    this.#flushTimer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
  }

  /** Writes what waits. What cannot be written now stays for the next time. */
  flush(): Promise<void> {
    return (this.#flushing = this.#flushing.then(() => this.#flush()));
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    this.#waiting.dropOldest();
    while (this.#waiting.size) {
      const batch = this.#waiting.take(BATCH);
      try {
        await this.entries.add(batch);
        this.#waiting.written(batch);
      } catch (error) {
        this.#waiting.putBack(batch);
        this.#flushTimer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
        return this.#logger.debug(`The audit could not be written: ${String(error)}`);
      }
    }
  }

  async #purge(): Promise<void> {
    try {
      while ((await this.entries.purge(Date.now() - this.options.audit.retentionMs, BATCH)) === BATCH);
    } catch (error) {
      this.#logger.debug(`The audit could not be purged: ${String(error)}`);
    }
    this.#purging = undefined;
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
