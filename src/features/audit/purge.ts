import { Logger } from '@nestjs/common';
import type { AuditEntries } from './audit-entries.repository';

export interface PurgeLimits {
  readonly retentionMs: number;
  readonly maxEntries: number;
}

const BATCH = 200;
const EVERY_MS = 60_000;
const COUNT_EVERY_MS = 600_000;
/** Where there are too many, so much more than those goes: they need not be counted again a minute later. */
const SPARE = 0.01;

/** Takes away what is too old, and what is too much. A count of all rows is made at boot, every 10 minutes, and before any go. */
export class Purge {
  readonly #logger = new Logger('RealtimeModule');
  #timer: NodeJS.Timeout | undefined;
  #purging: Promise<void> | undefined;
  /** How many there are, as far as this node knows. */
  #rows = Infinity;
  #countedAt = -Infinity;

  constructor(
    private readonly entries: AuditEntries,
    private readonly limits: PurgeLimits,
  ) {}

  start(): void {
    // At once too: a process may not live as long as it takes until the next time.
    void this.run();
    this.#timer = setInterval(() => void this.run(), EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#purging;
  }

  added(rows: number): void {
    this.#rows += rows;
  }

  /** One at a time: a call during a run waits for that. */
  run(): Promise<void> {
    return (this.#purging ??= this.#run().finally(() => (this.#purging = undefined)));
  }

  async #run(): Promise<void> {
    try {
      while ((await this.entries.purge(Date.now() - this.limits.retentionMs, BATCH)) === BATCH);
      await this.#trim();
    } catch (error) {
      this.#logger.debug(`The audit could not be purged: ${String(error)}`);
    }
  }

  async #trim(): Promise<void> {
    const { maxEntries } = this.limits;
    if (this.#rows > maxEntries || performance.now() - this.#countedAt > COUNT_EVERY_MS) await this.#count();
    if (this.#rows <= maxEntries) return;
    const target = Math.floor(maxEntries * (1 - SPARE));
    while (this.#rows > target) {
      const gone = await this.entries.trim(Math.min(BATCH, this.#rows - target));
      if (!gone) return;
      this.#rows -= gone;
    }
  }

  async #count(): Promise<void> {
    this.#rows = await this.entries.count();
    this.#countedAt = performance.now();
  }
}
