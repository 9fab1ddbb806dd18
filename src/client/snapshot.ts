import { parsePosition, type StreamPosition } from '../protocol/position';
import { RealtimeClientError } from './client-error';

/** A state, and where in the room's stream it stands. */
export interface Snapshot<T> {
  readonly data: T;
  readonly position: StreamPosition;
}

/** What is used of a `Response` of `fetch`. */
export interface SnapshotResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  json(): Promise<unknown>;
}

/**
 * The JSON of a response, and the position in its header `Realtime-Position`, as `@RealtimeSnapshot` sends it.
 * @throws RealtimeClientError `no_position` when there is none, or the response is no success
 */
export async function snapshot<T>(response: SnapshotResponse | Promise<SnapshotResponse>): Promise<Snapshot<T>> {
  const { ok, status, headers } = await response;
  if (!ok) throw new RealtimeClientError('no_position', `The state could not be loaded: HTTP ${status}.`);
  const position = parsePosition(headers.get('Realtime-Position'));
  if (position) return { data: (await (await response).json()) as T, position };
  const hint = 'Is the handler decorated with @RealtimeSnapshot, and does CORS expose the header?';
  throw new RealtimeClientError('no_position', `The response has no Realtime-Position. ${hint}`);
}
