import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AsyncApiDocument } from '../../src/features/asyncapi';
import { ReadAsyncApi } from '../support/asyncapi';
import { buildInto } from '../support/build';
import { endPrograms, Program, temporaryDirectory } from '../support/program';

const directory = temporaryDirectory();

// Processes are started here, and the parser takes its time.
jest.setTimeout(60_000);

beforeAll(async () => {
  await buildInto(directory);
  write('app.module.js', HOST);
  write('app.module.mjs', `export { AppModule as Root } from './app.module.js';`);
  write('several.js', `Object.assign(exports, require('./app.module.js'), require('./empty.module.js'));`);
  write('dynamic.js', `exports.root = Promise.resolve({ module: require('./app.module.js').AppModule });`);
  write(
    'empty.module.js',
    `exports.Empty = class {}; require('@nestjs/common').Module({ providers: [] })(exports.Empty);`,
  );
  write(
    'no-secret.js',
    `const { RealtimeModule } = require('./dist/index.js'); exports.Root = RealtimeModule.forRoot({ auth: { secret: process.env.NO_SUCH }, policy: 'open' });`,
  );
  write('listens.js', LISTENS);
  write('no-swagger.js', NO_SWAGGER);
});

afterEach(endPrograms);

/** An application as it is when it is built. Its hooks would tell that it was started. */
const HOST = `
const { Module } = require('@nestjs/common');
const { SubscribeMessage } = require('@nestjs/websockets');
const { RealtimeGateway, RealtimeModule } = require('./dist/index.js');

class CardsGateway {
  moveCard() {}
}
const moveCard = Object.getOwnPropertyDescriptor(CardsGateway.prototype, 'moveCard');
SubscribeMessage('move_card')(CardsGateway.prototype, 'moveCard', moveCard);
RealtimeGateway()(CardsGateway);

class Cards {}
Module({ providers: [CardsGateway] })(Cards);

class AppModule {
  onModuleInit() { console.log('started'); }
  onApplicationBootstrap() { console.log('started'); }
}
const auth = { secret: 'x'.repeat(32) };
Module({ imports: [Cards, RealtimeModule.forRoot({ auth, policy: 'open' })] })(AppModule);
exports.AppModule = AppModule;
`;

const LISTENS = `
const { Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { RealtimeWsAdapter } = require('./dist/index.js');
const { AdminModule } = require('./dist/features/admin/index.js');
const { AsyncApiModule } = require('./dist/features/asyncapi/index.js');
const { MetricsModule } = require('./dist/features/metrics/index.js');
class Whole {}
const features = [AdminModule.forRoot(), MetricsModule.forRoot({ prometheus: false }), AsyncApiModule.forRoot({ serve: true })];
Module({ imports: [require('./app.module.js').AppModule, ...features] })(Whole);
(async () => {
  const app = await NestFactory.create(Whole, { logger: ['error', 'warn'] });
  app.useWebSocketAdapter(new RealtimeWsAdapter(app));
  await app.listen(0, '127.0.0.1');
  console.log('listens on ' + app.getHttpServer().address().port);
})();
`;

/** A machine on which @nestjs/swagger is not installed. */
const NO_SWAGGER = `
const Module = require('node:module');
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  if (request.startsWith('@nestjs/swagger')) throw Object.assign(new Error(request), { code: 'MODULE_NOT_FOUND' });
  return resolve.call(this, request, ...rest);
};
`;

function write(name: string, text: string): void {
  writeFileSync(join(directory, name), text);
}

function nodeWith(...args: string[]): Program {
  return new Program(process.execPath, args, { cwd: directory });
}

async function cli(...args: string[]) {
  const program = nodeWith('dist/cli/main.js', ...args);
  const code = await program.exit;
  return { code, stdout: program.stdout, stderr: program.stderr };
}

const read = (text: string): ReadAsyncApi => new ReadAsyncApi(JSON.parse(text) as AsyncApiDocument);

describe('nestjs-realtime asyncapi', () => {
  it('writes the document of an application to a file, without starting it', async () => {
    const ended = await cli('asyncapi', '--app', 'app.module.js', '--out', 'asyncapi.json');
    expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
    const told = read(readFileSync(join(directory, 'asyncapi.json'), 'utf8'));
    expect(await told.problems()).toEqual([]);
    expect(told.types('client')).toEqual(expect.arrayContaining(['join_room', 'move_card']));
  });

  it.each([
    ['an ES module', ['--app', 'app.module.mjs']],
    ['one of several modules', ['--app', 'several.js', '--export', 'AppModule']],
    ['a dynamic module, also a promised one', ['--app', 'dynamic.js', '--export', 'root']],
  ])('reads %s, and writes to standard output', async (_, args) => {
    const { code, stdout } = await cli('asyncapi', ...args);
    expect([code, read(stdout).types('client').includes('move_card')]).toEqual([0, true]);
  });

  it.each([
    [['asyncapi'], 2, /^Usage: nestjs-realtime asyncapi --app <file>/],
    [['openapi', '--app', 'app.module.js'], 2, /^Usage/],
    [['asyncapi', '--app', 'app.module.js', '--port', '1'], 2, /Unknown option '--port'[^]*Usage/],
    [['asyncapi', '--app', 'none.js'], 1, /^There is no file \S+none\.js\. Build your application first\.\n$/],
    [['asyncapi', '--app', 'listens.js', '--export', 'No'], 1, /exports no module "No"/],
    [['asyncapi', '--app', 'several.js'], 1, /several modules: AppModule, Empty\. Choose one: --export AppModule\.\n$/],
    [['asyncapi', '--app', 'no-swagger.js'], 1, /exports no class with @Module\(\)\. Try --export <name>\.\n$/],
    [['asyncapi', '--app', 'empty.module.js'], 1, /^The application has no RealtimeModule/],
    [
      ['asyncapi', '--app', 'no-secret.js'],
      1,
      /^RealtimeModule: option auth takes exactly one of .*variable set\?\)\.\n$/,
    ],
    [
      ['asyncapi', '--app', 'app.module.js', '--out', 'no/where.json'],
      1,
      /^The document cannot be written: ENOENT.*\n$/,
    ],
  ])('says what is wrong with %j', async (args, code, problem) => {
    const ended = await cli(...args);
    expect([ended.code, ended.stdout, problem.test(ended.stderr) || ended.stderr]).toEqual([code, '', true]);
  });
});

describe('an application without @nestjs/swagger', () => {
  it('has the routes and the AsyncAPI document all the same', async () => {
    const program = nodeWith('--require', './no-swagger.js', 'listens.js');
    const [, port] = await program.prints(/listens on (\d+)/);
    const api = `http://127.0.0.1:${port}/api/v1/websocket`;
    expect((await fetch(`${api}/stats`)).status).toBe(401);
    const told = (await (await fetch(`${api}/asyncapi.json`)).json()) as AsyncApiDocument;
    expect(new ReadAsyncApi(told).types('client')).toContain('move_card');
    expect(program.stderr).toBe('');
  });
});
