import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer, PlainRequest } from '../../../gateway/http/plain-route';

/** Where `build.js` puts the page; the same from `src` and from `dist`. */
const BUILT = join(__dirname, '../../../../dist/features/admin/console');

/**
 * Scripts and styles of this server only, nothing of it in a frame, and no text that could become HTML: the browser
 * refuses what the page might get wrong.
 */
const POLICY = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ...["require-trusted-types-for 'script'", "trusted-types 'none'"],
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/** One file of the page, read when it is asked for the first time. */
export class Asset {
  #body: string | undefined;
  #etag = '';

  /** @param fill makes what is served of what was built */
  constructor(
    private readonly name: string,
    private readonly type: string,
    private readonly fill = (built: string): string => built,
  ) {}

  async answer({ headers }: PlainRequest): Promise<Answer> {
    try {
      this.#body ??= await this.#read();
    } catch {
      // The path of it is nobody's business.
      return { status: 500, type: 'text/plain; charset=utf-8', body: 'The console is not built. Try: npm run build\n' };
    }
    const known = { ...HEADERS, 'Cache-Control': 'no-cache', ETag: this.#etag };
    if (headers['if-none-match'] === this.#etag) return { status: 304, type: this.type, body: '', headers: known };
    return { status: 200, type: this.type, body: this.#body, headers: known };
  }

  async #read(): Promise<string> {
    const body = this.fill(await readFile(join(BUILT, this.name), 'utf8'));
    this.#etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    return body;
  }
}
