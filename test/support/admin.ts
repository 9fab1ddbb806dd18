import request from 'supertest';
import type { Answer, Call } from './channels';
import type { Realtime } from './realtime';
import { tokenFor } from './tokens';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Asks a server over HTTP with these headers. */
export function callerOf({ port }: Pick<Realtime, 'port'>, headers: Record<string, string>, prefix: string): Call {
  const server = request(`http://127.0.0.1:${port}`);
  return async (method, path, body): Promise<Answer> => {
    const asked = server[method.toLowerCase() as Method](prefix + path).set(headers);
    const response = await asked.send(body as object | undefined);
    const told = response.body as Record<string, unknown>;
    return { status: response.status, body: told, headers: new Headers(response.headers) };
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
