import { existsSync } from 'node:fs';
import { Injectable, Module } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import { EventsService, MemoryBackplane, RealtimeGateway, RealtimeModule, RoomsService } from '../../src';
import { Connections } from '../../src/connections/connections';
import { until } from '../support/until';
import { AppModule } from './application';
import { closeAll, failure, start } from './running';

afterEach(closeAll);

const BOARD = { room: 'board:1' };
const auth = { secret: 'a secret of an application, of more than 32 bytes' };

/** The first who is asked never answers. */
@RealtimeGateway()
class StuckGateway {
  static asked = 0;
  runs = 0;

  @SubscribeMessage('get_stuck')
  async run() {
    this.runs++;
    if (StuckGateway.asked++ === 0) await new Promise(() => undefined);
    return { event: 'unstuck', data: {} };
  }
}

describe('the nodes of the test kit', () => {
  it('act together: what one is asked, all do', async () => {
    const { clients, nodes } = await start({ clients: 3, nodes: 3 });
    for (const client of clients) await client.join('board:1');
    const rooms = nodes[0].get(RoomsService);
    expect(await rooms.count(BOARD)).toMatchObject({ connections: 3, unanswered: [] });
    expect((await clients[2].request('presence', BOARD)).data).toMatchObject({
      members: [{ user_id: 'alice' }, { user_id: 'bob' }, { user_id: 'carol' }],
    });
    await rooms.disconnectUser('bob');
    expect(await clients[1].closed).toMatchObject({ code: 4503 });
  });

  it('are gone when they are killed, without a word', async () => {
    const { clients, nodes } = await start({ clients: 2, nodes: 2 });
    const [alice, bob] = clients;
    await alice.join('board:1');
    await bob.join('board:1');
    const dead = nodes[0].get(EventsService);
    await nodes[0].kill();
    expect(await alice.closed).toEqual({ code: 1006, reason: '' });
    expect(nodes[0].alive).toBe(false);
    expect(await failure(dead.emit('card.moved', { card: 'no' }, BOARD))).not.toBe('nothing');
    expect(await nodes[1].get(RoomsService).count(BOARD)).toMatchObject({ connections: 1, unanswered: [] });
    expect((await bob.request('presence', BOARD)).data).toMatchObject({
      members: [
        { user_id: 'alice', connections: 0 },
        { user_id: 'bob', connections: 1 },
      ],
    });
    await nodes[1].get(EventsService).emit('card.moved', { card: 'one' }, BOARD);
    expect(await alice.reconnect()).toMatchObject([{ recovered: true, replayed: 1 }]);
    await bob.never('card.moved', ({ data }) => data.card === 'no');
    expect(await failure(Promise.resolve().then(() => nodes[0].app))).toBe(
      'nodes[0] is not running. Try nodes[0].restart().',
    );
  });

  it('execute again what a node that died was just executing', async () => {
    const { clients, nodes } = await start({ clients: 1, nodes: 2, providers: [StuckGateway] });
    const [alice] = clients;
    alice.send('get_stuck', {}, 'once');
    await until(() => nodes[0].get(StuckGateway).runs === 1, 'the command');
    await nodes[0].kill();
    await alice.reconnect();
    expect(await alice.request('get_stuck', {}, 'once')).toMatchObject({ type: 'unstuck' });
    expect(nodes[1].get(StuckGateway).runs).toBe(1);
  });

  it('drain when they are stopped, and run again when they are restarted', async () => {
    const { clients, nodes } = await start({ clients: 1, nodes: 1 });
    const [alice] = clients;
    await alice.join('board:1');
    await alice.request('move_card', { card: 'one' });
    await nodes[0].stop();
    expect(await alice.next('server_shutdown')).toMatchObject({
      data: { reconnect_in_ms: expect.any(Number) as number },
    });
    expect(await alice.closed).toMatchObject({ code: 1012 });
    expect(await failure(alice.reconnect())).toBe('No node is running. Try nodes[0].restart().');
    await nodes[0].restart();
    expect(await alice.reconnect()).toMatchObject([{ recovered: true, replayed: 0, offset: 1 }]);
    expect(await failure(nodes[0].restart())).toBe(
      'nodes[0] is running. Try nodes[0].stop() or nodes[0].kill() first.',
    );
  });

  it('take what the test has in the place of a provider', async () => {
    @Injectable()
    class Weather {
      today = () => 'rain';
    }
    @Module({ imports: [AppModule], providers: [Weather] })
    class WeatherModule {}
    const { nodes } = await start({
      imports: [WeatherModule],
      overrides: (builder) => builder.overrideProvider(Weather).useValue({ today: () => 'sun' }),
    });
    expect(nodes[0].get(Weather).today()).toBe('sun');
  });

  it('keep the rate limit of the application only where that is asked for', async () => {
    const { clients } = await start({ clients: 1 });
    for (let i = 0; i < 50; i++) await clients[0].settled();
    const limited = await start({ clients: 1, limited: true });
    for (let i = 0; i < 50; i++) limited.clients[0].send('ping');
    expect(await limited.clients[0].next('error')).toMatchObject({ data: { code: 'rate_limited' } });
  });

  it('do not write into the database of the application', async () => {
    const { clients } = await start({ clients: 2, nodes: 2 });
    for (const client of clients) await client.join('board:1');
    expect(await clients[0].request('chat', { ...BOARD, text: 'hello' })).toMatchObject({ type: 'ack' });
    await clients[1].next('chat');
    expect((await clients[1].request('chat_history', BOARD)).data).toMatchObject({ messages: [{ text: 'hello' }] });
    expect(existsSync('realtime.sqlite')).toBe(false);
  });

  it('leave nothing behind, however often they are closed', async () => {
    const test = await start({ clients: 2, nodes: 2 });
    const connections = test.nodes.map((node) => node.get(Connections));
    await test.nodes[0].kill();
    await Promise.all([test.close(), test.close()]);
    await test[Symbol.asyncDispose]();
    expect(connections.map(({ size }) => size)).toEqual([0, 0]);
    expect(test.clients.some(({ connected }) => connected)).toBe(false);
  });

  it('are not booted from what cannot work', async () => {
    class LossyBackplane extends MemoryBackplane {}
    const imports = [RealtimeModule.forRoot({ auth, policy: 'open', backplane: new LossyBackplane() })];
    expect(await failure(start({ imports, nodes: 2 }))).toBe(
      'realtimeTest: nodes[1] was given the same `backplane` as nodes[0], and an adapter ends with its node. ' +
        'Try RealtimeModule.forRootAsync({ useFactory }), which makes one for each node.',
    );
    expect(await failure(start({ imports: [] }))).toBe(
      'realtimeTest: none of the modules in `imports` imports RealtimeModule.',
    );
    expect(await failure(start({ nodes: 0 }))).toBe('nodes: expected 1, 2 …, got 0');
    expect(await failure(start({ clients: 1.5 }))).toBe('clients: expected 0, 1, 2 …, got 1.5');
    expect(await failure(start({ clock: 'Virtual' as never }))).toBe(
      "clock: expected 'system' or 'virtual', got 'Virtual'",
    );
    expect(await failure(start({ imports: AppModule as never }))).toBe(
      'imports: expected the modules of your application, as [AppModule]',
    );
    expect(await failure(start({ client: 2 } as never))).toBe(
      'client is no option of realtimeTest, which are imports, providers, controllers, overrides, configure, http, ' +
        'limited, logger, clients, nodes, clock, token',
    );
  });
});
