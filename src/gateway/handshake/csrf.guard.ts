import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { bearerToken } from '../../auth/credential';
import { RealtimeError } from '../../protocol/errors';
import { EndpointOptions } from './endpoint.options';
import { isOriginListed, isOriginTrusted } from './origin';

const SAFE_METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);
const JSON_TYPE = /^application\/json *(;|$)/i;

/** What a request brings that a browser adds by itself, also to what a page of another site sends. */
interface Ambient {
  readonly headers: IncomingHttpHeaders;
  /** Whether it depends on that: it has a cookie, and no bearer token. */
  readonly byCookie: boolean;
}

/**
 * Refuses changes that a page of another site makes with a user's cookies. A bearer token alone needs no check: no
 * browser adds it by itself. A cookie beside one may have become the token in a proxy.
 */
@Injectable()
export class CsrfGuard implements CanActivate {
  constructor(private readonly endpoint: EndpointOptions) {}

  /** @throws RealtimeError `forbidden`, `unsupported_media_type` */
  canActivate(context: ExecutionContext): boolean {
    const given = context.switchToHttp().getRequest<IncomingMessage & { raw?: IncomingMessage }>();
    const { method, headers } = given.raw ?? given;
    if (SAFE_METHODS.has(method)) return true;
    const bearer = bearerToken(given.raw ?? given) !== undefined;
    const cookie = headers.cookie !== undefined;
    if (bearer && !cookie) return true;
    this.#checkSource({ headers, byCookie: cookie && !bearer });
    checkContentType({ headers, byCookie: cookie && !bearer });
    return true;
  }

  #checkSource(request: Ambient): void {
    if (this.#isFromOurPage(request)) return;
    throw new RealtimeError(
      'forbidden',
      'A page of another origin may not do this with your cookies. Send it from a page of this origin or of one that the ' +
        'option "origins" lists, or with "Authorization: Bearer" and without cookies.',
    );
  }

  #isFromOurPage({ headers, byCookie }: Ambient): boolean {
    const { origin, host, 'sec-fetch-site': site } = headers;
    const { origins } = this.endpoint;
    if (site === 'same-origin') return true;
    // Not a browser, which tells at least one of them.
    if (site === undefined && origin === undefined) return !byCookie;
    if (origin === undefined) return false;
    return site === undefined ? isOriginTrusted(origins, origin, host) : isOriginListed(origins, origin);
  }
}

/** A form can send other types without asking first. */
function checkContentType({ headers, byCookie }: Ambient): void {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if ((!hasBody && !byCookie) || JSON_TYPE.test(headers['content-type'] ?? '')) return;
  throw new RealtimeError('unsupported_media_type');
}
