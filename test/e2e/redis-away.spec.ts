import { filter, firstValueFrom } from 'rxjs';
import { Backplane } from '../../src';
import type { BackplaneState } from '../../src';
import { Proxy, stopProxies } from '../support/proxy';
import { Realtime, stopAll } from '../support/realtime';
import { nodesOn } from '../support/redis-nodes';
import { RedisServer, stopRedis } from '../support/redis-server';

let server: RedisServer;
let proxy: Proxy;

beforeAll(async () => {
  server = await RedisServer.start();
});

beforeEach(async () => {
  proxy = await Proxy.to(server.port);
});

afterEach(async () => {
  await stopAll();
  stopProxies();
});

afterAll(stopRedis);

/** Waits until the node knows how it stands with Redis. */
async function reaches(node: Realtime, state: BackplaneState): Promise<void> {
  await firstValueFrom(node.app.get(Backplane).state.pipe(filter((now) => now === state)));
}

/** Nest has one logger for all applications of a process. */
function errorsOf(...nodes: Realtime[]): string[] {
  return nodes.flatMap(({ log }) => log.of('error'));
}

describe('a node that is cut off from Redis', () => {
  it('keeps its connections, does what it can do alone, and says what it cannot', async () => {
    const [far, near] = await nodesOn([proxy.url, server.url]);
    const alice = await far.connect('alice');
    const { epoch } = await alice.join('project:1');
    proxy.cut();
    await alice.settled();
    expect((await alice.request('echo', { n: 1 })).data).toEqual({ n: 1 });
    expect((await alice.request<'status'>('status')).data.rooms).toEqual(['project:1']);
    const unavailable = { code: 'unavailable', retryable: true };
    for (const [type, data] of [
      ['join_room', { room: 'project:2' }],
      ['join_room', { room: 'project:1', since: { epoch, offset: 0 } }],
      ['history', { room: 'project:1' }],
      ['chat', { room: 'project:1', text: 'hi' }],
    ] as const) {
      expect(await alice.refusal(type, data)).toMatchObject(unavailable);
    }
    const emitted = far.events.emit('task.created', { n: 0 }, { room: 'project:1' });
    await expect(emitted).rejects.toMatchObject({ code: 'unavailable' });
    await near.events.emit('task.created', { n: 1 }, { room: 'project:1' });
    expect(errorsOf(far, near)).toEqual([]);

    proxy.heal();
    expect(await alice.next('task.created')).toMatchObject({ offset: 1, data: { n: 1 } });
    await reaches(far, 'connected');
    expect(await alice.join('project:2')).toMatchObject({ offset: 0 });
    const said = await alice.request('chat', { room: 'project:1', text: 'hi' });
    expect(said).toMatchObject({ type: 'ack', data: { offset: 2 } });
  });

  it.each([
    ['chat, stored', 'chat', 'chat', { room: 'project:1', text: 'once!' }, {}],
    ['chat, not stored', 'chat', 'chat', { room: 'project:1', text: 'once!' }, { storage: false as const }],
    [
      'broadcast',
      'broadcast',
      'word.said',
      { room: 'project:1', event: 'word.said', data: { text: 'once!' } },
      { clientEvents: ['word.said'] },
    ],
  ])(
    'says once what was sent again, as nobody knew whether it was said: %s',
    async (_, command, type, data, options) => {
      const [far, near] = await nodesOn([proxy.url, server.url], options);
      const [alice, bob] = [await far.connect('alice'), await near.connect('bob')];
      for (const client of [alice, bob]) await client.join('project:1');
      proxy.muteAfter('once!');
      expect(await alice.request(command, data, 'c-1')).toMatchObject({ data: { code: 'unavailable' } });
      // What is no fault of the application's is no error in its log.
      expect(errorsOf(far, near)).toEqual([]);
      proxy.heal();
      await reaches(far, 'connected');
      expect(await alice.request(command, data, 'c-1')).toMatchObject({ type: 'ack', data: { offset: 1 } });
      await near.events.emit('word.added', { text: 'and on' }, { room: 'project:1' });
      for (const client of [alice, bob]) {
        expect(await client.next(type)).toMatchObject({ offset: 1, data: { text: 'once!' } });
        expect(await client.next('word.added')).toMatchObject({ offset: 2, data: { text: 'and on' } });
      }
    },
  );

  it('tells a client that it cannot be let in now, and to come back', async () => {
    const [far] = await nodesOn([proxy.url]);
    await far.connect('alice');
    proxy.cut();
    await reaches(far, 'degraded');
    const bob = await far.connect('bob');
    expect(await bob.next('error')).toMatchObject({ data: { code: 'unavailable', retryable: true } });
    expect(await bob.closed).toEqual({ code: 1011, reason: 'unavailable' });
    proxy.heal();
    await reaches(far, 'connected');
    const again = await far.connect('bob');
    await again.join('project:1');
  });

  it('tells those in a room when Redis has lost it, though nobody speaks', async () => {
    const [one, two] = await nodesOn([server.url, server.url]);
    const [alice, bob] = [await one.connect('alice'), await two.connect('bob')];
    const { epoch } = await alice.join('project:1');
    await bob.join('project:1');
    await one.events.emit('task.created', { n: 1 }, { room: 'project:1' });
    for (const client of [alice, bob]) await client.next('task.created');
    await server.command('FLUSHALL');
    const resets = new Map<string, unknown[]>();
    for (const client of [alice, alice, bob, bob]) {
      const { room, ...position } = (await client.next('room_reset')).data;
      resets.set(room, [...(resets.get(room) ?? []), position]);
    }
    expect([...resets.keys()].sort()).toEqual(['project:1', 'user:alice', 'user:bob']);
    const [reset, same] = resets.get('project:1')!;
    expect(reset).toEqual({ epoch: expect.not.stringMatching(new RegExp(`^${epoch}$`)) as string, offset: 0 });
    expect(same).toEqual(reset);
    await two.events.emit('task.created', { n: 2 }, { room: 'project:1' });
    for (const client of [alice, bob]) expect((await client.next('task.created')).offset).toBe(1);
    const again = await bob.join('project:1', { epoch, offset: 1 });
    expect(again).toMatchObject({ ...(reset as object), offset: 1, recovered: false });
  });
});
