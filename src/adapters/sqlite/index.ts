// First: a missing package is named before a file that imports it is loaded.
import './packages';

export { SqliteStorage } from './sqlite.storage';
export type { SqliteStorageOptions } from './sqlite.storage';
