import { INestApplication, Module, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { EventsService, RealtimeModule, RealtimeModuleOptions, RealtimeWsAdapter, RoomsService } from '../../src';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { AdminModule } from '../../src/features/admin';
import { AsyncApiModule } from '../../src/features/asyncapi';
import { AuditModule } from '../../src/features/audit';
import { ChannelsModule, ChatModule } from '../../src/features/chat';
import { HealthModule } from '../../src/features/health';
import { MailboxModule } from '../../src/features/mailbox';
import { MetricsModule } from '../../src/features/metrics';
import { PresenceModule } from '../../src/features/presence';
import { TracingModule } from '../../src/features/tracing';
import { TestClient } from '../support/client';
import { temporaryDirectory } from '../support/program';
import { TestLogger } from '../support/realtime';
import { SECRET, tokenFor } from '../support/tokens';

const directory = temporaryDirectory();
const good: RealtimeModuleOptions = { auth: { secret: SECRET }, policy: 'open' };
const core = () => RealtimeModule.forRoot(good);
const FEATURES = [
  ...[AdminModule, AsyncApiModule, AuditModule, ChannelsModule, ChatModule, HealthModule, MailboxModule],
  ...[MetricsModule, PresenceModule, TracingModule],
];
let files = 0;
const stored = () =>
  RealtimeModule.forRoot({ ...good, storage: new SqliteStorage({ file: join(directory, `${++files}.sqlite`) }) });

type Imports = NonNullable<ModuleMetadata['imports']>;

const apps: INestApplication[] = [];

async function boot(imports: Imports): Promise<INestApplication> {
  @Module({ imports })
  class HostModule {}
  const app = await NestFactory.create(HostModule, { logger: new TestLogger(), abortOnError: false });
  apps.push(app);
  app.useWebSocketAdapter(new RealtimeWsAdapter(app));
  await app.listen(0, '127.0.0.1');
  return app;
}

const bootError = (imports: Imports): Promise<string> =>
  boot(imports).then(
    () => 'none',
    (error: Error) => error.message,
  );

async function connect(app: INestApplication, userId: string): Promise<TestClient> {
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  const client = await TestClient.open(`ws://127.0.0.1:${port}/ws?token=${tokenFor(userId)}`);
  await client.next('auth_success');
  return client;
}

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

describe('the core alone', () => {
  it('serves rooms, events, history and chat, and knows no command of a feature', async () => {
    const app = await boot([core()]);
    const [alice, bob] = [await connect(app, 'alice'), await connect(app, 'bob')];
    for (const client of [alice, bob]) await client.join('project:1');
    await app.get(EventsService).emit('task.created', { n: 1 }, { room: 'project:1' });
    expect((await bob.next('task.created')).data).toEqual({ n: 1 });
    expect((await alice.request('chat', { room: 'project:1', text: 'hi' })).type).toBe('ack');
    expect((await bob.next('chat')).data).toMatchObject({ text: 'hi', user: { id: 'alice' } });
    expect((await bob.request('history', { room: 'project:1' })).data.messages).toHaveLength(2);
    for (const type of ['presence', 'typing', 'chat_edit', 'chat_history', 'received']) {
      expect((await alice.request(type, { room: 'project:1' })).data).toMatchObject({ code: 'unknown_type' });
    }
  });

  it('refuses what a feature would do, and names the feature', async () => {
    const app = await boot([core()]);
    const alice = await connect(app, 'alice');
    const mail = app.get(EventsService).emit('task.created', {}, { user: 'alice', mailbox: true });
    await expect(mail).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Add MailboxModule.forRoot()') as string,
    });
    const members = app.get(RoomsService).members('project:1');
    await expect(members).rejects.toThrow(
      'This server keeps no presence. Add PresenceModule.forRoot() to its imports.',
    );
    const refused = await alice.request('join_room', { room: 'project:1', presence: true });
    expect(refused.data).toMatchObject({ code: 'unavailable' });
    expect((await alice.request('status')).data.rooms).toEqual([]);
  });
});

describe('features', () => {
  it.each<[string, () => Imports]>([
    ['before the core', () => [ChatModule.forRoot(), PresenceModule.forRoot(), stored()]],
    ['behind the core', () => [stored(), PresenceModule.forRoot(), ChatModule.forRoot()]],
    [
      'with options that come later',
      () => [
        PresenceModule.forRootAsync({ useFactory: async () => ({ graceMs: 0 }) }),
        RealtimeModule.forRootAsync({
          useFactory: async () => ({ ...good, storage: new SqliteStorage({ file: join(directory, 'async.sqlite') }) }),
        }),
        ChatModule.forRootAsync({ useFactory: async () => ({}) }),
      ],
    ],
  ])('work %s', async (_, imports) => {
    const app = await boot(imports());
    const alice = await connect(app, 'alice');
    await alice.join('project:1');
    await alice.request('chat', { room: 'project:1', text: 'hi' });
    expect((await alice.request('chat_history', { room: 'project:1' })).data.messages).toHaveLength(1);
    expect((await alice.request('presence', { room: 'project:1' })).data.members).toHaveLength(1);
  });

  it.each<[string, () => Imports, string]>([
    ...FEATURES.map((feature): [string, () => Imports, string] => [
      `${feature.name} without the core`,
      () => [feature.forRoot()],
      `${feature.name} needs the core: add RealtimeModule.forRoot({ … }) to the imports.`,
    ]),
    [
      'PresenceModule without forRoot',
      () => [core(), PresenceModule],
      'PresenceModule: import PresenceModule.forRoot({ … }), not PresenceModule alone.',
    ],
    ...[ChatModule, MailboxModule, ChannelsModule].map((feature): [string, () => Imports, string] => [
      `${feature.name} without a database`,
      () => [core(), feature.forRoot()],
      `${feature.name} needs a database: pass storage: new SqliteStorage({ file }) to RealtimeModule.forRoot().`,
    ]),
    [
      'AuditModule without a database or a sink',
      () => [core(), AuditModule.forRoot()],
      'AuditModule needs a database or a sink: pass storage: new SqliteStorage({ file }) to RealtimeModule.forRoot(), ' +
        'or sink to AuditModule.forRoot().',
    ],
    [
      'AdminModule without MetricsModule',
      () => [core(), AdminModule.forRoot()],
      'AdminModule needs MetricsModule: add MetricsModule.forRoot({ prometheus: false }) to the imports.',
    ],
    [
      'nothing that is missing',
      () => [core(), MetricsModule.forRoot({ prometheus: false }), AdminModule.forRoot()],
      'none',
    ],
  ])('do not boot: %s', async (_, imports, message) => {
    expect(await bootError(imports())).toBe(message);
  });

  it('finish what they have to store before the database is closed', async () => {
    const file = join(directory, 'shutdown.sqlite');
    const storage = new SqliteStorage({ file });
    const app = await boot([AuditModule.forRoot(), ChatModule.forRoot(), RealtimeModule.forRoot({ ...good, storage })]);
    const alice = await connect(app, 'alice');
    await alice.join('project:1');
    await app.close();
    const after = new SqliteStorage({ file });
    const rows = await after.db.selectFrom('audit_entries').select('type').orderBy('seq').execute();
    expect(rows.map(({ type }) => type)).toEqual(['connected', 'joined', 'disconnected']);
    await after.close();
  });
});
