import { cpSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildInto } from '../support/build';
import { endPrograms, Program, temporaryDirectory } from '../support/program';

const ROOT = resolve(__dirname, '../..');
const HIDDEN = join(__dirname, '../support/hidden-packages.js');
const directory = temporaryDirectory();

// Processes are started here.
jest.setTimeout(60_000);

/** An application that boots with these imports, and prints which files its process has loaded. */
const host = (requires: string, imports: string, core = '') => `
require('reflect-metadata');
const { Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { RealtimeModule, RealtimeWsAdapter } = require('./dist/index.js');
${requires}
const options = { auth: { secret: 'x'.repeat(32) }, policy: 'open', ${core} };
class AppModule {}
Module({ imports: [RealtimeModule.forRoot(options), ${imports}] })(AppModule);
(async () => {
  const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
  app.useWebSocketAdapter(new RealtimeWsAdapter(app));
  await app.listen(0, '127.0.0.1');
  console.log('loaded ' + JSON.stringify(Object.keys(require.cache)));
  await app.close();
  process.exit();
})().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
`;

const SQLITE = `const { SqliteStorage } = require('./dist/adapters/sqlite/index.js');`;
const HOSTS: Record<string, string> = {
  core: host('', ''),
  redis: host(
    `const { redis } = require('./dist/adapters/redis/index.js');`,
    '',
    `backplane: redis({ url: 'redis://127.0.0.1:1', prefix: 'a:' })`,
  ),
  sqlite: host(SQLITE, '', `storage: new SqliteStorage({ file: 'realtime.sqlite' })`),
  chat: host(
    `${SQLITE} const { ChatModule } = require('./dist/features/chat/index.js');`,
    'ChatModule.forRoot()',
    `storage: new SqliteStorage({ file: 'realtime.sqlite' })`,
  ),
  postgres: host(
    `const { PostgresStorage } = require('./dist/adapters/postgres/index.js');`,
    '',
    `storage: new PostgresStorage({ url: 'postgres://127.0.0.1:1/db' })`,
  ),
  msgpack: host('', '', 'messagePack: { enabled: true }'),
  metrics: host(`const { MetricsModule } = require('./dist/features/metrics/index.js');`, 'MetricsModule.forRoot()'),
};

beforeAll(async () => {
  await buildInto(directory);
  const filter = (from: string): boolean => !/\.(ts|md)$/.test(from);
  cpSync(join(ROOT, 'src/adapters'), join(directory, 'dist/adapters'), { recursive: true, filter });
  for (const [name, text] of Object.entries(HOSTS)) writeFileSync(join(directory, `${name}.js`), text);
}, 120_000);

afterEach(endPrograms);

function start(name: string, hidden: readonly string[] = []): Program {
  const args = ['--require', HIDDEN, `${name}.js`];
  return new Program(process.execPath, args, { cwd: directory, env: { HIDDEN: hidden.join(' ') } });
}

/** The files an application has loaded: ours, and packages that are not peers of every Nest application. */
async function loadedBy(name: string) {
  const [, json] = await start(name).prints(/loaded (\[.*\])/);
  const files = JSON.parse(json) as string[];
  const packages = files.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  return { ours: files.filter((file) => file.includes('/dist/') && !file.includes('node_modules')), packages, files };
}

const PACKAGES = ['@msgpack/msgpack', '@node-rs/argon2', 'ioredis', 'kysely', 'libsql', 'pg', 'prom-client'];
const OF_TOOLS = ['@nestjs/swagger', '@nestjs/terminus', '@opentelemetry/api'];

describe('an application', () => {
  it('with the core alone loads none of the optional packages, and nothing native', async () => {
    const { ours, packages, files } = await loadedBy('core');
    expect(packages.filter((name) => [...PACKAGES, ...OF_TOOLS].includes(name))).toEqual([]);
    expect(files.filter((file) => file.endsWith('.node'))).toEqual([]);
    expect(ours.filter((file) => /dist\/(features|adapters)\//.test(file))).toEqual([]);
    expect(packages.filter((name) => name === 'ws').length).toBeGreaterThan(0);
  });

  it('with the core and Redis loads no database, argon2 or MessagePack', async () => {
    const { packages, ours } = await loadedBy('redis');
    expect(packages).toContain('ioredis');
    expect(packages.filter((name) => PACKAGES.includes(name) && name !== 'ioredis')).toEqual([]);
    expect(ours.filter((file) => /dist\/features\//.test(file))).toEqual([
      expect.stringMatching(/presence\/presence-store\.js$/),
    ]);
  });

  it.each([
    ['core', [...PACKAGES, ...OF_TOOLS]],
    ['redis', [...PACKAGES, ...OF_TOOLS].filter((name) => name !== 'ioredis')],
    ['chat', [...PACKAGES, ...OF_TOOLS].filter((name) => !['kysely', 'libsql'].includes(name))],
  ])('of %s boots where %j are not installed', async (name, hidden) => {
    await start(name, hidden).prints(/loaded/);
  });

  it.each([
    ['redis', 'ioredis', /^nestjs-realtime\/redis needs the package ioredis: npm install ioredis$/],
    ['sqlite', 'kysely', /^nestjs-realtime\/sqlite needs the package kysely: npm install kysely$/],
    ['sqlite', 'libsql', /^nestjs-realtime\/sqlite needs the package libsql: npm install libsql$/],
    ['postgres', 'kysely', /^nestjs-realtime\/postgres needs the package kysely: npm install kysely$/],
    ['postgres', 'pg', /PostgresStorage needs the package pg: npm install pg$/],
    ['msgpack', '@msgpack/msgpack', /^The option messagePack needs the package @msgpack\/msgpack: npm install @msg/],
    ['metrics', 'prom-client', /^MetricsModule needs the package prom-client: npm install prom-client$/],
    ['core', 'class-validator', /^nestjs-realtime needs the package class-validator: npm install class-validator$/],
    ['core', '@nestjs/platform-ws', /^nestjs-realtime needs the package @nestjs\/platform-ws: npm install @nestjs\/p/],
  ])('of %s says in one line that it needs %s', async (name, hidden, line) => {
    const program = start(name, [hidden]);
    expect(await program.exit).toBe(1);
    const said = /^(?:Error: )?(.* needs the package.*)$/m.exec(program.stderr)?.[1];
    expect(said).toMatch(line);
  });
});
