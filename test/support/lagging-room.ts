import type { TestClient } from './client';
import { LaggingBackplane } from './lagging-backplane';
import { realtime, RealtimeTestOptions } from './realtime';

/** A server whose backplane lags as the test wants it, and whose application speaks in one room. */
export async function lagging(options: RealtimeTestOptions = {}) {
  const backplane = new LaggingBackplane();
  const started = await realtime({ backplane, ...options });
  const emit = (n: number) => started.events.emit('task.created', { n }, { room: 'project:1' });
  return { ...started, backplane, emit };
}

/** `[offset, n]` of every event a client got. */
export function events(client: TestClient): unknown[] {
  return client.frames.filter(({ type }) => type === 'task.created').map(({ offset, data }) => [offset, data.n]);
}
