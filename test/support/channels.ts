import { callerOf } from './admin';
import type { Realtime } from './realtime';
import { tokenFor, TokenOptions } from './tokens';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

export type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** The channels over HTTP, as one user. */
export function channelsAs(server: Pick<Realtime, 'port'>, userId: string, options: TokenOptions = {}): Call {
  return callerOf(server, { authorization: `Bearer ${tokenFor(userId, options)}` }, '/api/v1/websocket/channels');
}
