import { Injectable } from '@nestjs/common';
import { Storage } from '../../storage/storage';

/** One question to the database serves all who ask within this time: probes come from anywhere. */
const FRESH_MS = 1_000;
/** A probe gets its answer after this long: what was known before. */
const PATIENCE_MS = 1_000;

/**
 * Whether the database answers. A slow one is there until the storage's own time limit says that it is not: a node that
 * called itself unready for every long query would leave the others with more to do.
 */
@Injectable()
export class StorageWatch {
  // It answered at boot, or there would be no application.
  #up = true;
  #askedAt = -Infinity;
  #asking: Promise<void> | undefined;

  constructor(private readonly storage: Storage) {}

  async isUp(): Promise<boolean> {
    if (performance.now() - this.#askedAt >= FRESH_MS) await within(PATIENCE_MS, (this.#asking ??= this.#ask()));
    return this.#up;
  }

  async #ask(): Promise<void> {
    try {
      await this.storage.ping();
      this.#up = true;
    } catch {
      this.#up = false;
    }
    this.#askedAt = performance.now();
    this.#asking = undefined;
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
