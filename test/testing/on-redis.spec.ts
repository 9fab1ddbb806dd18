import { EventsService, Nodes, RealtimeModule } from '../../src';
import { redis } from '../../src/adapters/redis';
import { RedisServer, stopRedis } from '../support/redis-server';
import { until } from '../support/until';
import { closeAll, start } from './running';

let server: RedisServer;

beforeAll(async () => (server = await RedisServer.start()));
afterEach(closeAll);
afterAll(stopRedis);

/** As a host writes it: each node makes its own connections. */
function onRedis(prefix: string) {
  return RealtimeModule.forRootAsync({
    useFactory: () => ({
      auth: { secret: 'a secret of an application, of more than 32 bytes' },
      policy: 'open' as const,
      backplane: redis({ url: server.url, prefix }),
    }),
  });
}

describe('an application on Redis in the test kit', () => {
  it('has nodes that share it, of which a killed one says nothing more', async () => {
    const { clients, nodes, converged } = await start({ imports: [onRedis('one:')], clients: 2, nodes: 2 });
    const [alice, bob] = clients;
    await alice.join('board:1');
    await bob.join('board:1');
    await until(async () => (await nodes[1].get(Nodes).list()).length === 2, 'both nodes');
    await nodes[0].kill();
    expect(await alice.closed).toEqual({ code: 1006, reason: '' });
    expect(await nodes[1].get(Nodes).list()).toHaveLength(2);
    await nodes[1].get(EventsService).emit('card.moved', { card: 'one' }, { room: 'board:1' });
    expect(await alice.reconnect()).toMatchObject([{ recovered: true, replayed: 1 }]);
    await converged();
  });

  it('converges after a random schedule', async () => {
    const test = await start({ imports: [onRedis('two:')], clients: 3, nodes: 2 });
    await test.schedule({ seed: 1, steps: 30 });
    await test.schedule({ seed: 2, steps: 30 });
  });
});
