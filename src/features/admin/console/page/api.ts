import type { ErrorData } from '../../../../protocol/errors';
import { PLACES } from './places';

/** A server that says nothing for so long is not there. */
const PATIENCE_MS = 8_000;

export type Query = Readonly<Record<string, string | number | undefined>>;

/** What went wrong with a request, in a sentence. `status` 0: there was no answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }

  /** Nobody will answer it differently before somebody signs in. */
  get isRefusal(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

/** The admin API, asked with a token; without one, as whoever the application takes the browser for. */
export class Api {
  constructor(readonly token: string) {}

  /** @throws ApiError */
  get<T>(path: string, query: Query = {}): Promise<T> {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
    const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return this.#ask('GET', `${PLACES.api}${path}${text && `?${text}`}`);
  }

  /** @throws ApiError */
  post<T>(path: string, body: object = {}): Promise<T> {
    return this.#ask('POST', PLACES.api + path, body);
  }

  /** @throws ApiError */
  ban(channel: string, user: string, ban: { reason?: string; until?: string }): Promise<void> {
    return this.#ask('PUT', `${PLACES.channels}/${encodeURIComponent(channel)}/bans/${encodeURIComponent(user)}`, ban);
  }

  async #ask<T>(method: string, url: string, body?: object): Promise<T> {
    const headers = new Headers();
    if (this.token) headers.set('authorization', `Bearer ${this.token}`);
    if (body) headers.set('content-type', 'application/json');
    const response = await answered(
      fetch(url, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE_MS) }),
    );
    const text = await answered(response.text());
    const answer = parsed(text);
    if (!response.ok)
      throw new ApiError(response.status, sentenceOf(answer) ?? `The server answered ${response.status}.`);
    return answer as T;
  }
}

async function answered<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch {
    throw new ApiError(0, 'The server does not answer.');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sentenceOf(answer: unknown): string | undefined {
  const { message, details = [] } = (answer ?? {}) as Partial<ErrorData>;
  const more = details.map((detail) => `${detail.field}: ${detail.message}`);
  return message && [message, ...more].join(' ');
}
