import { realtimeTest, RealtimeTest, RealtimeTestOptions } from '../../src/testing';
import { AppModule } from './application';

const running: RealtimeTest[] = [];

/** A test of the application, closed after it. */
export async function start(options: Partial<RealtimeTestOptions> = {}): Promise<RealtimeTest> {
  const test = await realtimeTest({ imports: [AppModule], ...options });
  running.push(test);
  return test;
}

export async function closeAll(): Promise<void> {
  for (const test of running.splice(0)) await test.close();
}

/** What went wrong, in full. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing',
    (error: Error) => error.message,
  );
}
