import type { HttpAdapterHost } from '@nestjs/core';
import { InvalidOption, show } from '../../options/invalid-option';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** @default a cache may not keep it */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is read of a request, of Express and Fastify both. */
export interface PlainRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const NO_STORE = { 'Cache-Control': 'no-store' };

/**
 * Serves GET at a path exactly as it is written, on Express and Fastify: no global prefix, guard or interceptor of the
 * application stands before it, since neither a scraper nor a probe has a token.
 */
export function serve(
  { httpAdapter }: HttpAdapterHost,
  path: string,
  answer: (request: PlainRequest) => Promise<Answer>,
): void {
  // A worker without HTTP has nowhere to serve it.
  httpAdapter?.get(path, (request: PlainRequest, response: unknown) => {
    void answer(request).then(({ status, type, body, headers = NO_STORE }) => {
      httpAdapter.setHeader(response, 'Content-Type', type);
      for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
      httpAdapter.reply(response, body, status);
    });
  });
}

/** @throws InvalidOption unless it is the path of a route, or `false` */
export function checkRoute(option: string, path: unknown): void {
  if (path === false || (typeof path === 'string' && /^(\/[\w.~-]+)+$/.test(path))) return;
  throw new InvalidOption(option, `must be a path such as '/metrics', or false, got ${show(path)}`);
}
