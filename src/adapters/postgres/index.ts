export { PostgresStorage } from './postgres.storage';
export type { PostgresStorageOptions } from './postgres.storage';
