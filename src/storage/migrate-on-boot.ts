import { Logger } from '@nestjs/common';
import { RealtimeError } from '../protocol/errors';
import type { Storage } from './storage';

/** The storage with its tables up to date. @throws Error that says which database failed, and how */
export async function migrateOnBoot(storage: Storage): Promise<Storage> {
  try {
    const migrations = await storage.migrate();
    const news = migrations.length ? `, brought up to date: ${migrations.join(', ')}` : '';
    new Logger('RealtimeModule').log(`Storage: ${storage.place}${news}`);
    return storage;
  } catch (error) {
    await storage.close();
    const cause = (error instanceof RealtimeError ? error.cause : error) as Error;
    throw new Error(`RealtimeModule: the storage (${storage.place}) cannot be used: ${cause.message}`, { cause });
  }
}
