import { INestApplication, Injectable, Module, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { EventsService, RealtimeModule, RealtimeModuleOptions, RealtimeWsAdapter } from '../../src';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { rsaKeys } from '../support/forged-tokens';
import { TestLogger } from '../support/realtime';
import { SECRET } from '../support/tokens';

const forRoot = (options: RealtimeModuleOptions) => RealtimeModule.forRoot({ storage: false, ...options });

const bootError = (options: RealtimeModuleOptions, adapt?: (app: INestApplication) => void) =>
  bootErrorOf([forRoot(options)], adapt);

/** Why the application did not boot. */
async function bootErrorOf(
  imports: NonNullable<ModuleMetadata['imports']>,
  adapt?: (app: INestApplication) => void,
): Promise<string> {
  @Module({ imports })
  class HostModule {}
  let app: INestApplication | undefined;
  try {
    app = await NestFactory.create(HostModule, { logger: new TestLogger(), abortOnError: false });
    adapt?.(app);
    await app.listen(0, '127.0.0.1');
    return 'none';
  } catch (error) {
    return (error as Error).message;
  } finally {
    await app?.close();
  }
}

const ours = (app: INestApplication) => void app.useWebSocketAdapter(new RealtimeWsAdapter(app));
const good = { auth: { secret: SECRET }, policy: 'open' as const };

describe('the boot fails, and says what to do,', () => {
  it('but not when all is well', async () => {
    expect(await bootError(good, ours)).toBe('none');
  });

  it('without an adapter', async () => {
    expect(await bootError(good)).toBe(
      'RealtimeModule: no adapter is installed. ' +
        'Add app.useWebSocketAdapter(new RealtimeWsAdapter(app)) before app.listen() or app.init().',
    );
  });

  it("with Nest's own adapter", async () => {
    expect(await bootError(good, (app) => void app.useWebSocketAdapter(new WsAdapter(app)))).toBe(
      'RealtimeModule: the adapter in place is WsAdapter. ' +
        'Use app.useWebSocketAdapter(new RealtimeWsAdapter(app)); it serves your other gateways too.',
    );
  });

  it('with a database that cannot be used', async () => {
    const storage = new SqliteStorage({ file: '/dev/null/realtime.sqlite' });
    expect(await bootError({ ...good, storage }, ours)).toMatch(
      /^RealtimeModule: the storage \(SQLite, \/dev\/null\/realtime\.sqlite\) cannot be used: EEXIST/,
    );
  });

  it('where the module is imported without forRoot', async () => {
    @Injectable()
    class TasksService {
      constructor(readonly events: EventsService) {}
    }
    @Module({ imports: [RealtimeModule], providers: [TasksService] })
    class TasksModule {}
    const hint =
      'RealtimeModule: import RealtimeModule.forRoot({ … }), not RealtimeModule alone. ' +
      'Once is enough: all modules can inject what it exports.';
    expect(await bootErrorOf([TasksModule], ours)).toBe(hint);
    expect(await bootErrorOf([TasksModule, forRoot(good)], ours)).toBe(hint);
    expect(await bootErrorOf([forRoot(good), TasksModule], ours)).toBe(hint);
  });

  it('where forRoot is imported twice', async () => {
    expect(await bootErrorOf([forRoot(good), forRoot({ ...good, path: '/rt' })], ours)).toMatch(
      /^RealtimeModule: (\w+\.\w+) and \1 both answer "\w+"\. .* import RealtimeModule\.forRoot\(\) once: /,
    );
  });

  it('without the module', async () => {
    const app = await NestFactory.create(class {}, { logger: false });
    expect(() => new RealtimeWsAdapter(app)).toThrow(
      'RealtimeWsAdapter: there is no RealtimeModule. Import RealtimeModule.forRoot() in a module of yours.',
    );
    await app.close();
  });

  const { pem } = rsaKeys();
  it.each<[string, RealtimeModuleOptions, string]>([
    [
      'no policy',
      { auth: good.auth } as RealtimeModuleOptions,
      "option policy is missing. Pass a class that extends RoomPolicy, or policy: 'open' to let every signed-in user do ",
    ],
    [
      'a policy that decides nothing',
      { ...good, policy: class {} as never },
      'option policy must have a method can, got {}. Pass a class that extends RoomPolicy, or policy: ',
    ],
    [
      'a secret where its options belong',
      { ...good, auth: SECRET as never },
      'option auth must be an object with options, got a string. Try auth: { secret }.',
    ],
    ['a path without a slash', { ...good, path: 'rt' }, "option path must start with '/', got 'rt'. Try '/rt'."],
    [
      'a short secret',
      { ...good, auth: { secret: 'x'.repeat(31) } },
      'option auth.secret must be at least 32 bytes, got 31. Try the output of `openssl rand -base64 48`.',
    ],
    [
      'no way to authenticate',
      { ...good, auth: { secret: undefined } },
      'option auth takes exactly one of secret, publicKey, keys, authenticator, got none (is the environment variable set?).',
    ],
    [
      'two ways to authenticate',
      { ...good, auth: { secret: SECRET, publicKey: pem } },
      'option auth takes exactly one of secret, publicKey, keys, authenticator, got secret and publicKey.',
    ],
    [
      'a public key and no algorithms',
      { ...good, auth: { publicKey: pem } },
      "option auth.algorithms is required with publicKey and keys. Try ['RS256'].",
    ],
    [
      'an unknown option',
      { ...good, roooms: {} } as RealtimeModuleOptions,
      'option roooms is not an option. Known: connections, heartbeat, ',
    ],
    [
      'a negative number',
      { ...good, connections: { maxPerUser: -1 } },
      'option connections.maxPerUser must be a number, 0 or more, got -1.',
    ],
  ])('with %s', async (_, options, message) => {
    expect(await bootError(options, ours)).toContain(`RealtimeModule: ${message}`);
  });
});
