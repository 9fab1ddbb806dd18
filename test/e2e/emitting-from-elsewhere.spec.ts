import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  Backplane,
  Emitter,
  EventsService,
  MemoryBackplane,
  RealtimeModule,
  RedisConnections,
  RoomsService,
  SqliteStorage,
} from '../../src';
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
async function createWorker(options: Parameters<typeof RealtimeModule.forRoot>[0]) {
  @Module({ imports: [RealtimeModule.forRoot(options)] })
  class WorkerModule {}
  return NestFactory.createApplicationContext(WorkerModule, { logger: new TestLogger(), abortOnError: false });
}

const redis = () => new RedisConnections({ url: server.url, prefix });

describe('a worker with the role emitter', () => {
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
    const app = await createWorker({ role: 'emitter', redis: redis() });
    expect(app.get(EventsService)).toBeInstanceOf(EventsService);
    expect(() => app.get(RoomsService)).toThrow('could not find RoomsService');
    await app.close();
  });

  it('may serve HTTP: without an adapter, and without the routes of the channels', async () => {
    @Module({ imports: [RealtimeModule.forRoot({ role: 'emitter', redis: redis() })] })
    class ApiModule {}
    const app = await NestFactory.create(ApiModule, { logger: new TestLogger(), abortOnError: false });
    await app.listen(0, '127.0.0.1');
    const response = await fetch(`${await app.getUrl()}/api/v1/websocket/channels`);
    expect(response.status).toBe(404);
    await app.close();
  });

  it('takes a backplane, and the options of the nodes as they are', async () => {
    const backplane = new MemoryBackplane();
    const shared = { path: '/rt', auth: { secret: 'x'.repeat(32) }, history: { maxPublications: 1 }, backplane };
    const app = await createWorker({ ...shared, role: 'emitter' });
    const events = app.get(EventsService);
    for (let n = 1; n <= 3; n++) await events.emit('task.created', { n }, { room: 'project:1' });
    const page = await app.get(Backplane).page('project:1', { limit: 10, maxBytes: 1e6 });
    expect(page.publications.map(({ offset }) => offset)).toEqual([3]);
    await app.close();
  });

  it('puts into a mailbox where it is given the database, and says so where it is not', async () => {
    const file = join(directory, 'mailbox.sqlite');
    const mail = { user: 'alice', mailbox: true } as const;
    const without = await createWorker({ role: 'emitter', redis: redis() });
    await expect(without.get(EventsService).emit('task.created', {}, mail)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Give it the option "storage"') as string,
    });
    await without.close();
    const worker = await createWorker({
      role: 'emitter',
      redis: redis(),
      storage: new SqliteStorage({ file, shared: true }),
    });
    await worker.get(EventsService).emit('task.created', { n: 1 }, mail);
    await worker.close();
    const [node] = await nodesOn([server.url], { storage: new SqliteStorage({ file, shared: true }) }, prefix);
    const alice = await node.connect('alice');
    expect(await alice.next('task.created')).toMatchObject({ room: 'user:alice', offset: 1, data: { n: 1 } });
  });

  it('does not boot where nobody would hear it, or where its role comes too late', async () => {
    await expect(createWorker({ role: 'emitter' })).rejects.toThrow(
      'RealtimeModule: option redis is missing: what is emitted in this process would reach nobody. ' +
        "Try redis: new RedisConnections({ url, prefix: 'my-app:' }), as the nodes have it.",
    );
    const late = { useFactory: () => ({ role: 'emitter', redis: redis() }) as never };
    @Module({ imports: [RealtimeModule.forRootAsync(late)] })
    class LateModule {}
    const booting = NestFactory.createApplicationContext(LateModule, { logger: new TestLogger(), abortOnError: false });
    await expect(booting).rejects.toThrow(
      'RealtimeModule: option role stands beside useFactory, not in what it returns. ' +
        "Try forRootAsync({ role: 'emitter', useFactory }): it chooses what there is.",
    );
  });

  it('is told when it gives something else than connections', async () => {
    await expect(createWorker({ role: 'emitter', redis: { url: server.url } as never })).rejects.toThrow(
      "RealtimeModule: option redis must be RedisConnections. Try new RedisConnections({ url, prefix: 'my-app:' }).",
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
    writeFileSync(file, code.replace("'nestjs-realtime'", JSON.stringify(join(ROOT, 'src/index.ts'))));
    const program = run(file, server.url, '42');
    expect(await program.exit).toBe(0);
    expect(program.stdout).toContain('50 % is number 2 of its room\n100 % is number 3 of its room\n');
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
    const emitter = new Emitter({ redis: redis() });
    const mail = emitter.emit('task.created', {}, { user: 'alice', mailbox: true });
    await expect(mail).rejects.toMatchObject({ code: 'unavailable' });
    await emitter.close();
    expect(() => new Emitter({})).toThrow('option redis is missing');
    expect(() => new Emitter({ redis: redis(), hostory: {} } as never)).toThrow('option hostory is not an option');
  });
});
