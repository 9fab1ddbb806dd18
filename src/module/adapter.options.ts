import type { ReplyStore } from '../gateway/idempotency/reply-store';
import type { UserLimits } from '../gateway/limits/user-limits';
import type { Nodes } from '../nodes/nodes';
import { checkPart, InvalidOption } from '../options/invalid-option';
import type { Backplane } from '../publishing/backplane';
import type { SharedAdapters } from '../publishing/shared-adapters';
import type { Storage } from '../storage/storage';

/** The adapters that take the place of those in memory. */
export interface AdapterOptions {
  /**
   * What the processes share. `redis({ url })` carries publications and keeps the rooms' streams, replies, presence,
   * limits and commands between nodes; `ipc()` does the first over node:cluster. A `Backplane` carries publications
   * alone. It is closed with the application. @default undefined: a process alone, with all of it in memory
   */
  backplane?: Backplane | SharedAdapters;
  /** Keeps replies for a repeated `message_id`. @default that of `backplane`, or in memory */
  replies?: ReplyStore;
  /**
   * The database of features that need one: chat, channels, mailbox and audit. It is closed with the application. With a
   * shared `backplane` all nodes must share it. @default false: none
   */
  storage?: Storage | false;
  /** Counts `rateLimit.perUser` and the requests of features. @default that of `backplane`, or in memory */
  userLimits?: UserLimits;
  /** Lets nodes act together, for `RoomsService` and features. @default that of `backplane`, or this process alone */
  nodes?: Nodes;
}

export const ADAPTER_NAMES = ['backplane', 'replies', 'storage', 'userLimits', 'nodes'] as const;

/** @throws InvalidOption for what cannot take the place of an adapter */
export function checkAdapters({ storage, backplane, replies, userLimits, nodes }: AdapterOptions): void {
  if (storage !== false) checkPart('storage', storage, 'close', 'Try new SqliteStorage({ file }), or false.');
  checkPart('backplane', sharedOf(backplane)?.backplane ?? backplane, 'publish', 'Try redis({ url, prefix }).');
  checkPart('replies', replies, 'claim', 'Extend ReplyStore.');
  checkPart('userLimits', userLimits, 'spend', 'Extend UserLimits.');
  checkPart('nodes', nodes, 'ask', 'Extend Nodes.');
  if (sharedOf(backplane)) checkShared(storage);
}

/** What `redis()` and the like return, and undefined for a backplane alone. */
export function sharedOf(backplane: AdapterOptions['backplane']): SharedAdapters | undefined {
  return typeof backplane === 'object' && backplane !== null && 'backplane' in backplane ? backplane : undefined;
}

/** What a node keeps in a file of its own is not there for the others. */
function checkShared(storage: AdapterOptions['storage']): void {
  if (!storage || storage.shared) return;
  throw new InvalidOption(
    'storage',
    `must be one database for all nodes that share the backplane, got ${storage.place}`,
    'Try new PostgresStorage({ url }), false, or, for nodes of one machine, new SqliteStorage({ file, shared: true }).',
  );
}
