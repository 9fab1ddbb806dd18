import { FastifyAdapter } from '@nestjs/platform-fastify';
import { gzipSync } from 'node:zlib';
import { realtime, RealtimeTestOptions, stopAll } from '../support/realtime';

afterEach(stopAll);

const ON_BOTH = [
  ['Express', () => ({})],
  ['Fastify', () => ({ http: new FastifyAdapter() })],
] as const;
/** The budget of the script, compressed. */
const MAX_BYTES = 60_000;
const PAGE = '/realtime/console';

async function opened(options: RealtimeTestOptions = {}) {
  const { port } = await realtime({ admin: {}, ...options });
  return (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers, redirect: 'manual' });
}

describe.each(ON_BOTH)('the console on %s', (_name, options) => {
  it('is a page, a script and a style, each under a strict policy', async () => {
    const get = await opened(options());
    for (const [path, type] of [
      [PAGE, 'text/html; charset=utf-8'],
      [`${PAGE}/console.js`, 'text/javascript; charset=utf-8'],
      [`${PAGE}/console.css`, 'text/css; charset=utf-8'],
    ]) {
      const { status, headers } = await get(path);
      expect([path, status, headers.get('content-type')]).toEqual([path, 200, type]);
      const policy = headers.get('content-security-policy')!.split('; ');
      expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'"]));
      // Text cannot become HTML, whatever the script does.
      expect(policy).toEqual(expect.arrayContaining(["require-trusted-types-for 'script'", "trusted-types 'none'"]));
      expect(policy.join()).not.toMatch(/unsafe|https?:|\*/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  it('is not sent again to who has it', async () => {
    const get = await opened(options());
    const { headers } = await get(`${PAGE}/console.js`);
    const again = await get(`${PAGE}/console.js`, { 'if-none-match': headers.get('etag')! });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await get(`${PAGE}/console.js`, { 'if-none-match': '"older"' })).status).toBe(200);
  });

  it('is where the application wants it, and knows where the rest is', async () => {
    const get = await opened({
      ...options(),
      admin: { prefix: '/ops', console: { path: '/ops/console' } },
      path: '/live',
      health: { path: false },
      configure: (app) => app.setGlobalPrefix('v2'),
    });
    const page = await (await get('/ops/console')).text();
    expect(page).toContain('src="console/console.js"');
    expect(page).toContain('data-api="../v2/ops"');
    expect(page).toContain('data-channels="../v2/api/v1/websocket/channels"');
    expect(page).toContain('data-socket="../live"');
    expect(page).toContain('data-health=""');
    expect((await get(PAGE)).status).toBe(404);
  });

  it.each([
    ['admin is not given', { admin: undefined }],
    ['it is turned off', { admin: { console: false } as const }],
  ])('is not there where %s', async (_why, off) => {
    const get = await opened({ ...options(), ...off });
    expect((await get(PAGE)).status).toBe(404);
    expect((await get(`${PAGE}/console.js`)).status).toBe(404);
  });
});

describe('the console', () => {
  it('leads from a slash behind it to where its files are', async () => {
    const { status, headers } = await (await opened())(`${PAGE}/?x=/`);
    expect([status, headers.get('location')]).toEqual([308, '../console']);
  });

  it('has a script of less than 60 KB', async () => {
    const script = await (await (await opened())(`${PAGE}/console.js`)).text();
    expect(gzipSync(script).length).toBeLessThan(MAX_BYTES);
  });
});
