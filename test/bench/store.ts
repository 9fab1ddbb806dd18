import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '../support/postgres';
import type { StoreName } from './peers/peer';

/** An empty database that is gone after the work, given its place. Both wait for the disk, as they do by default. */
export async function withStore<T>(store: StoreName, work: (place: string) => Promise<T>): Promise<T> {
  return store === 'ours-sqlite' ? withFile(work) : withPostgres(work);
}

async function withFile<T>(work: (place: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'nestjs-realtime-bench-'));
  try {
    return await work(join(directory, 'chat.sqlite'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function withPostgres<T>(work: (place: string) => Promise<T>): Promise<T> {
  const server = await PostgresServer.start([]);
  try {
    return await work(server.url());
  } finally {
    await server.end();
  }
}
