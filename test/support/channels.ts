import type { Realtime } from './realtime';
import { tokenFor, TokenOptions } from './tokens';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

export type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** The channels over HTTP, as one user. */
export function channelsAs({ port }: Realtime, userId: string, options: TokenOptions = {}): Call {
  const authorization = `Bearer ${tokenFor(userId, options)}`;
  return async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/websocket/channels${path}`, {
      method,
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const data = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
    return { status: response.status, body: data, headers: response.headers };
  };
}
