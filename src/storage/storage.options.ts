import { checkNames, checkNumber, InvalidOption, show } from '../options/invalid-option';
import type { Migration } from './migration';

/** What every database takes. */
export interface StorageOptions {
  /** Stands before the names of the module's tables and indexes. @default '' */
  tablePrefix?: string;
  /** The application's own migrations, run after the module's. */
  migrations?: readonly Migration[];
  /** A statement, or the wait for a connection or lock, that takes longer is `unavailable`. @default 5_000 */
  timeoutMs?: number;
}

export type ResolvedStorageOptions = Readonly<Required<StorageOptions>>;

const DEFAULTS: ResolvedStorageOptions = { tablePrefix: '', migrations: [], timeoutMs: 5_000 };
const IDENTIFIER = /^[A-Za-z_]\w{0,30}$/;

/** @throws InvalidOption */
export function resolveStorage(
  who: string,
  { tablePrefix, migrations, timeoutMs, ...more }: StorageOptions,
  own: readonly string[],
): ResolvedStorageOptions {
  checkNames(who, more, [...own, ...Object.keys(DEFAULTS)]);
  if (tablePrefix) checkIdentifier(`${who}.tablePrefix`, tablePrefix, "Try 'realtime_'.");
  if (timeoutMs !== undefined) checkNumber(`${who}.timeoutMs`, timeoutMs, 1, 2 ** 31 - 1);
  return {
    tablePrefix: tablePrefix ?? DEFAULTS.tablePrefix,
    migrations: migrations ?? DEFAULTS.migrations,
    timeoutMs: timeoutMs ?? DEFAULTS.timeoutMs,
  };
}

/** @throws InvalidOption */
export function checkIdentifier(option: string, value: unknown, hint: string): void {
  if (typeof value === 'string' && IDENTIFIER.test(value)) return;
  throw new InvalidOption(option, `must be 1..31 letters, digits and _, no digit first, got ${show(value)}`, hint);
}
