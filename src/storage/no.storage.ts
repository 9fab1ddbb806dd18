import type { Kysely } from 'kysely';
import { RealtimeError } from '../protocol/errors';
import type { Database } from './database';
import { Storage } from './storage';

/** In the place of a database where the option is `false`: what needs one is `unavailable`. */
export class NoStorage extends Storage {
  override readonly place = 'nowhere';

  override get db(): Kysely<Database> {
    throw notKept();
  }

  override async write(): Promise<never> {
    throw notKept();
  }

  /** Nothing is amiss. */
  override async ping(): Promise<void> {}

  override async migrate(): Promise<readonly string[]> {
    return [];
  }

  override async close(): Promise<void> {}
}

function notKept(): RealtimeError {
  return new RealtimeError('unavailable', 'This server has no database.');
}
