import type { Answer, Call } from './channels';
import type { Realtime } from './realtime';
import { tokenFor } from './tokens';

/** Asks a server over HTTP with these headers. */
export function callerOf({ port }: Pick<Realtime, 'port'>, headers: Record<string, string>, prefix: string): Call {
  return async (method, path, body): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${port}${prefix}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const data = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
    return { status: response.status, body: data, headers: response.headers };
  };
}

/** The admin API, as somebody with these roles. */
export function adminAs(server: Realtime, roles = ['admin'], prefix = '/api/v1/websocket'): Call {
  return callerOf(server, { authorization: `Bearer ${tokenFor('root', { roles })}` }, prefix);
}

/** And as nobody. */
export function stranger(server: Realtime): Call {
  return callerOf(server, {}, '/api/v1/websocket');
}
