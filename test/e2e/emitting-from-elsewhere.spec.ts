import { DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  Backplane,
  Emitter,
  EmitterModuleOptions,
  EventsService,
  MemoryBackplane,
  RealtimeEmitterModule,
  RoomsService,
} from '../../src';
import { redis } from '../../src/adapters/redis';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { MailboxModule } from '../../src/features/mailbox';
import { REGISTER } from '../support/cluster';
import { Program, temporaryDirectory } from '../support/program';
import { stopAll, TestLogger } from '../support/realtime';
import { nodesOn } from '../support/redis-nodes';
import { RedisServer, stopRedis } from '../support/redis-server';

const ROOT = resolve(__dirname, '../..');
const directory = temporaryDirectory();
const programs: Program[] = [];
const prefix = 'my-app:';
let server: RedisServer;

beforeAll(async () => {
  server = await RedisServer.start();
});

afterEach(async () => {
  await stopAll();
  for (const program of programs.splice(0)) await program.end();
  await server.command('FLUSHALL');
});

afterAll(stopRedis);

function run(...args: string[]): Program {
  const program = new Program(process.execPath, ['--require', REGISTER, ...args]);
  programs.push(program);
  return program;
}

const worker = (how = '') => run(join(ROOT, 'test/support/worker-app.ts'), server.url, prefix, how);

/** The channels anybody listens to. */
async function subscribed(): Promise<string[]> {
  return ((await server.command('PUBSUB', 'CHANNELS')) as string[]).sort();
}

/** The module as a worker has it, in this process. */
async function createWorker(options: EmitterModuleOptions, ...features: DynamicModule[]) {
  @Module({ imports: [RealtimeEmitterModule.forRoot(options), ...features] })
  class WorkerModule {}
  return NestFactory.createApplicationContext(WorkerModule, { logger: new TestLogger(), abortOnError: false });
}

const shared = () => redis({ url: server.url, prefix });

describe('a worker that only emits', () => {
  it.each(['', 'async'])('emits to the clients of a node, subscribes to nothing, and ends %s', async (how) => {
    const [node] = await nodesOn([server.url], {}, prefix);
    const alice = await node.connect('alice');
    await alice.join('project:1');
    await node.events.emit('task.created', {}, { room: 'project:1' });
    const before = await subscribed();
    const program = worker(how);
    const [, offset] = await program.prints(/at (\d+)\./);
    expect(await alice.next('report.finished')).toMatchObject({ offset: Number(offset), data: { id: 7 } });
    expect(offset).toBe('2');
    expect(await subscribed()).toEqual(before);
    expect((await node.rooms.count()).unanswered).toEqual([]);
    program.say('end');
    expect(await program.exit).toBe(0);
    expect(program.stderr).toBe('');
  });

  it('has EventsService, and nothing that clients would need', async () => {
    const app = await createWorker({ backplane: shared() });
    expect(app.get(EventsService)).toBeInstanceOf(EventsService);
    expect(() => app.get(RoomsService)).toThrow('could not find RoomsService');
    await app.close();
  });

  it('may serve HTTP: without an adapter, and without the routes of the channels', async () => {
    @Module({ imports: [RealtimeEmitterModule.forRoot({ backplane: shared() })] })
    class ApiModule {}
    const app = await NestFactory.create(ApiModule, { logger: new TestLogger(), abortOnError: false });
    await app.listen(0, '127.0.0.1');
    const response = await fetch(`${await app.getUrl()}/api/v1/websocket/channels`);
    expect(response.status).toBe(404);
    await app.close();
  });

  it('takes a backplane, and the history of the nodes', async () => {
    const app = await createWorker({ backplane: new MemoryBackplane(), history: { maxPublications: 1 } });
    const events = app.get(EventsService);
    for (let n = 1; n <= 3; n++) await events.emit('task.created', { n }, { room: 'project:1' });
    const page = await app.get(Backplane).page('project:1', { limit: 10, maxBytes: 1e6 });
    expect(page.publications.map(({ offset }) => offset)).toEqual([3]);
    await app.close();
  });

  it('puts into a mailbox where it is given the database, and says so where it is not', async () => {
    const file = join(directory, 'mailbox.sqlite');
    const mail = { user: 'alice', mailbox: true } as const;
    const without = await createWorker({ backplane: shared() });
    await expect(without.get(EventsService).emit('task.created', {}, mail)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Add MailboxModule.forRoot()') as string,
    });
    await without.close();
    const storage = new SqliteStorage({ file, shared: true });
    const worker = await createWorker({ backplane: shared(), storage }, MailboxModule.forRoot({ emitOnly: true }));
    await worker.get(EventsService).emit('task.created', { n: 1 }, mail);
    await worker.close();
    const [node] = await nodesOn([server.url], { storage: new SqliteStorage({ file, shared: true }) }, prefix);
    const alice = await node.connect('alice');
    expect(await alice.next('task.created')).toMatchObject({ room: 'user:alice', offset: 1, data: { n: 1 } });
  });

  it('does not boot where its events would reach nobody', async () => {
    await expect(createWorker({})).rejects.toThrow(
      'RealtimeModule: option backplane is missing: what this process emits would reach nobody. ' +
        "Try backplane: redis({ url, prefix: 'my-app:' }), as the nodes have it.",
    );
  });

  it('does not boot with something else than a backplane', async () => {
    await expect(createWorker({ backplane: { url: server.url } as never })).rejects.toThrow(
      `RealtimeModule: option backplane must have a method publish, got {"url":"${server.url}"}. Try redis({ url, prefix }).`,
    );
  });
});

describe('a process without Nest', () => {
  it('emits as the documentation has it, at the right offsets, and ends', async () => {
    const [node] = await nodesOn([server.url], {}, prefix);
    const alice = await node.connect('alice');
    await alice.join('project:42');
    await node.events.emit('task.created', {}, { room: 'project:42' });
    const readme = readFileSync(join(ROOT, 'src/adapters/redis/backplane/README.md'), 'utf8');
    const [, code] = /```js\n([^]+?)```/.exec(readme)!;
    const file = join(directory, 'program.js');
    const source = (path: string) => JSON.stringify(join(ROOT, 'src', path));
    const program = code
      .replace("'nestjs-realtime'", source('index.ts'))
      .replace("'nestjs-realtime/redis'", source('adapters/redis/index.ts'));
    writeFileSync(file, program);
    const running = run(file, server.url, '42');
    expect(await running.exit).toBe(0);
    expect(running.stdout).toContain('50 % is number 2 of its room\n100 % is number 3 of its room\n');
    for (const [offset, percent] of [
      [2, 50],
      [3, 100],
    ]) {
      const frame = await alice.next('import.progressed');
      expect(frame).toMatchObject({
        room: 'project:42',
        offset,
        message_id: `import-42-${percent}`,
        data: { percent },
      });
    }
    expect(code.split('\n').length).toBeLessThanOrEqual(31);
  });

  it('has no mailbox, and is told what is wrong with its options', async () => {
    const emitter = new Emitter({ backplane: shared() });
    const mail = emitter.emit('task.created', {}, { user: 'alice', mailbox: true });
    await expect(mail).rejects.toMatchObject({ code: 'unavailable' });
    await emitter.close();
    expect(() => new Emitter({})).toThrow('option backplane is missing');
    expect(() => new Emitter({ backplane: shared(), hostory: {} } as never)).toThrow('option hostory is not an option');
  });
});
