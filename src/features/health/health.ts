import { Injectable } from '@nestjs/common';
import { ShutdownState } from '../../gateway/shutdown/shutdown-state';
import { NoStorage } from '../../storage/no.storage';
import { Storage } from '../../storage/storage';
import { BackplaneStatus } from '../../publishing/backplane-status';
import { StorageWatch } from './storage-watch';

/** How each part of this process is. Holds no address and no version: anybody may read it. */
export interface Checks {
  readonly server: 'up' | 'draining';
  readonly backplane: 'up' | 'degraded';
  /** Left out where nothing is stored. */
  readonly storage?: 'up' | 'down';
}

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Checks;
}

/**
 * Whether this process should get clients. It is ready until it drains, the backplane is degraded, or the database does
 * not answer. That is no reason to restart it: all of it heals by itself, and connections that are here stay.
 */
@Injectable()
export class Health {
  constructor(
    private readonly draining: ShutdownState,
    private readonly backplane: BackplaneStatus,
    private readonly storage: Storage,
    private readonly storageWatch: StorageWatch,
  ) {}

  async readiness(): Promise<Readiness> {
    const checks: Checks = {
      server: this.draining.active ? 'draining' : 'up',
      backplane: this.backplane.state === 'connected' ? 'up' : 'degraded',
      ...(await this.#storage()),
    };
    return { ready: Object.values(checks).every((check) => check === 'up'), checks };
  }

  async #storage(): Promise<Pick<Checks, 'storage'>> {
    if (this.storage instanceof NoStorage) return {};
    return { storage: (await this.storageWatch.isUp()) ? 'up' : 'down' };
  }
}
