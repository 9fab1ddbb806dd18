import { applyDecorators, Controller, Get, Header, ServiceUnavailableException, StreamableFile } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the build puts the page: the same from `src` and from `dist`. */
const FOLDER = join(__dirname, '../../dist/demo/page');

/** Nothing but its own files and its own server; `'self'` is the WebSocket, too. */
const POLICY = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join('; ');

/** The page of the board: a few files, to anybody. What they show needs a token. */
@Controller()
export class PageController {
  @File('/')
  index(): Promise<StreamableFile> {
    return read('index.html', 'text/html; charset=utf-8');
  }

  @File('board.js')
  script(): Promise<StreamableFile> {
    return read('board.js', 'text/javascript; charset=utf-8');
  }

  @File('board.css')
  style(): Promise<StreamableFile> {
    return read('board.css', 'text/css; charset=utf-8');
  }

  @File('board.svg')
  icon(): Promise<StreamableFile> {
    return read('board.svg', 'image/svg+xml');
  }
}

function File(path: string): MethodDecorator {
  return applyDecorators(
    Get(path),
    Header('Content-Security-Policy', POLICY),
    Header('X-Content-Type-Options', 'nosniff'),
    Header('Referrer-Policy', 'no-referrer'),
    Header('Cache-Control', 'no-cache'),
  );
}

/** @throws ServiceUnavailableException when the page has not been built */
async function read(name: string, type: string): Promise<StreamableFile> {
  try {
    return new StreamableFile(await readFile(join(FOLDER, name)), { type });
  } catch (cause) {
    throw new ServiceUnavailableException('The page has not been built. Run: npm run build', { cause });
  }
}
