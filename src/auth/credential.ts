import type { IncomingMessage } from 'node:http';
import { RealtimeError } from '../protocol/errors';

export type CredentialPlace = 'header' | 'subprotocol' | 'cookie' | 'query' | 'frame';

export interface Credential {
  readonly token: string;
  readonly place: CredentialPlace;
}

/**
 * The token of an upgrade request, from the first place that holds one.
 * @throws RealtimeError `unauthorized` when that place holds two
 */
export function findCredential(
  request: IncomingMessage,
  query: URLSearchParams,
  cookie: { name: string; allowed: boolean },
): Credential | undefined {
  return (
    only('header', bearerHeaders(request)) ??
    only('subprotocol', bearerProtocols(request)) ??
    only('cookie', cookie.allowed ? cookies(request, cookie.name) : []) ??
    only('query', query.getAll('token'))
  );
}

/** The token of an HTTP request's `Authorization: Bearer`. @throws RealtimeError `unauthorized` when there are two */
export function bearerToken(request: IncomingMessage): string | undefined {
  return only('header', bearerHeaders(request))?.token;
}

function only(place: CredentialPlace, tokens: string[]): Credential | undefined {
  if (tokens.length > 1) throw new RealtimeError('unauthorized', `Two tokens in the same place (${place}). Send one.`);
  return tokens.length ? { place, token: tokens[0] } : undefined;
}

/** Also a second one, of which `headers` would not tell; `headersDistinct` would, at the price of all the others. */
function bearerHeaders({ rawHeaders }: IncomingMessage): string[] {
  const values = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1].toLowerCase() === 'authorization');
  return values.filter((value) => /^bearer( |$)/i.test(value)).map((value) => value.slice(7).trim());
}

const BEARER_PROTOCOL = 'bearer.';

function bearerProtocols(request: IncomingMessage): string[] {
  return (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol.startsWith(BEARER_PROTOCOL))
    .map((protocol) => protocol.slice(BEARER_PROTOCOL.length));
}

function cookies(request: IncomingMessage, name: string): string[] {
  return (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1).replace(/^"(.*)"$/, '$1'));
}
