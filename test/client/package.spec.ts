import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryDirectory } from '../support/program';

const ROOT = join(__dirname, '../..');
/** The budget of the whole client, minified and compressed. */
const MAX_BYTES = 8 * 1024;

const host = temporaryDirectory();
const installed = join(host, 'node_modules/nestjs-realtime');

function node(...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: host, encoding: 'utf8' });
}

/** The package as a host has it installed, with nothing beside it. */
beforeAll(() => {
  mkdirSync(installed, { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(installed, 'package.json'));
  node(join(ROOT, 'src/client/build.js'), join(installed, 'dist/client'));
}, 120_000);

describe('nestjs-realtime/client as a package', () => {
  it('is less than 8 KiB', () => {
    const entry = join(installed, 'dist/client/esm/index.js');
    const minified = execFileSync(join(ROOT, 'node_modules/.bin/esbuild'), [entry, '--minify', '--target=es2022']);
    expect(gzipSync(minified).length).toBeLessThan(MAX_BYTES);
  });

  it('loads as a CommonJS module and as an ES module, and needs nothing else', () => {
    const use = "try { createRealtimeClient({ url: 'ws://a/ws' }) } catch ({ code }) { console.log(code) }";
    const hidden = 'delete globalThis.WebSocket;';
    const cjs = `${hidden} const { createRealtimeClient } = require('nestjs-realtime/client'); ${use}`;
    const esm = `import { createRealtimeClient } from 'nestjs-realtime/client'; ${hidden} ${use}`;
    expect(node('-e', cjs)).toBe('no_websocket\n');
    expect(node('--input-type=module', '-e', esm)).toBe('no_websocket\n');
    for (const format of ['cjs', 'esm']) {
      const text = readFileSync(join(installed, `dist/client/${format}/index.js`), 'utf8');
      expect(text.match(/\brequire\(|^import /gm)).toBeNull();
    }
  });

  it('has types for both, which let no wrong event or payload through, and take the WebSockets there are', () => {
    const types = readFileSync(join(__dirname, 'event-types.ts'), 'utf8').replace(
      '../../src/client',
      'nestjs-realtime/client',
    );
    const sockets = `
      import { createRealtimeClient } from 'nestjs-realtime/client';
      import { WebSocket as Ws } from 'ws';
      createRealtimeClient({ url: 'ws://a/ws', WebSocket });
      createRealtimeClient({ url: 'ws://a/ws', WebSocket: Ws });
      // @ts-expect-error it cannot send
      createRealtimeClient({ url: 'ws://a/ws', WebSocket: class { close() {} } });`;
    for (const name of ['events.mts', 'events.cts']) writeFileSync(join(host, name), types);
    for (const name of ['sockets.mts', 'sockets.cts']) writeFileSync(join(host, name), sockets);
    for (const name of ['@types', 'undici-types', 'ws'])
      symlinkSync(join(ROOT, 'node_modules', name), join(host, 'node_modules', name));
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      lib: ['ES2023', 'DOM'],
      types: [],
      strict: true,
      noEmit: true,
    };
    writeFileSync(join(host, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.mts', '*.cts'] }));
    expect(compile()).toBe('');
  }, 120_000);
});

function compile(): string {
  try {
    return node(join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.');
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
