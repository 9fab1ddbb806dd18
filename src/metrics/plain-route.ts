import type { HttpAdapterHost } from '@nestjs/core';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * Serves GET at a path exactly as it is written, on Express and Fastify: no global prefix, guard or interceptor of the
 * application stands before it, since neither a scraper nor a probe has a token.
 */
export function serve({ httpAdapter }: HttpAdapterHost, path: string, answer: () => Promise<Answer>): void {
  // A worker without HTTP has nowhere to serve it.
  httpAdapter?.get(path, (_request: unknown, response: unknown) => {
    void answer().then(({ status, type, body }) => {
      httpAdapter.setHeader(response, 'Content-Type', type);
      httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
      httpAdapter.reply(response, body, status);
    });
  });
}
