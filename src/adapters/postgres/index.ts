// First: a missing package is named before a file that imports it is loaded.
import './packages';

export { PostgresStorage } from './postgres.storage';
export type { PostgresStorageOptions } from './postgres.storage';
