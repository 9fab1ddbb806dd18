import { ConnectedSocket, SubscribeMessage } from '@nestjs/websockets';
import { Connection, RealtimeGateway } from '../../src';
import type { TestClient } from '../support/client';
import { realtime, Realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

/** A command that ends when the test says so. */
@RealtimeGateway()
class SlowGateway {
  static begun: () => void = () => undefined;
  static finish: () => void = () => undefined;

  @SubscribeMessage('work')
  async work(@ConnectedSocket() _connection: Connection) {
    SlowGateway.begun();
    await new Promise<void>((resolve) => (SlowGateway.finish = resolve));
    return { event: 'worked', data: {} };
  }
}

const host = { providers: [SlowGateway] };

async function atWork({ connect }: Realtime): Promise<TestClient> {
  const begun = new Promise<void>((resolve) => (SlowGateway.begun = resolve));
  const alice = await connect('alice');
  alice.send('work');
  await begun;
  return alice;
}

describe('a server that shuts down', () => {
  it('tells every client when to come back, each at another moment, and closes with 1012', async () => {
    const { app, connect } = await realtime({ drain: { windowMs: 20_000 } });
    const clients = await Promise.all(Array.from({ length: 10 }, (_, i) => connect(`user${i}`)));
    const closed = app.close();
    const delays = await Promise.all(
      clients.map(async (client) => (await client.next('server_shutdown')).data.reconnect_in_ms),
    );
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThan(20_000);
    expect(new Set(delays).size).toBeGreaterThan(5);
    for (const client of clients) expect((await client.closed).code).toBe(1012);
    await closed;
  });

  it('sends what is due before it closes', async () => {
    const { app, connect, events } = await realtime();
    const alice = await connect('alice');
    await alice.join('project:1');
    for (let n = 1; n <= 200; n++) void events.emit('task.created', { n }, { room: 'project:1' });
    await app.close();
    expect((await alice.closed).code).toBe(1012);
    const got = alice.frames.filter(({ type }) => type === 'task.created').map(({ data }) => data.n);
    expect(got).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  });

  it('lets a command that is under way answer', async () => {
    const module = await realtime({ host });
    const alice = await atWork(module);
    const closed = module.app.close();
    await alice.next('server_shutdown');
    SlowGateway.finish();
    expect((await alice.next('worked')).reply_to).toBe('m1');
    expect((await alice.closed).code).toBe(1012);
    await closed;
  });

  it('waits no longer than flushMs for a handler', async () => {
    const module = await realtime({ host, drain: { flushMs: 100 } });
    await atWork(module);
    const start = performance.now();
    await module.app.close();
    expect(performance.now() - start).toBeGreaterThanOrEqual(90);
    SlowGateway.finish();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends at once at a second signal (%s)', async (signal) => {
    const module = await realtime({ host, drain: { flushMs: 60_000 } });
    const alice = await atWork(module);
    const closed = module.app.close();
    await alice.next('server_shutdown');
    const before = process.listenerCount(signal);
    process.emit(signal);
    await closed;
    expect(process.listenerCount(signal)).toBe(before - 1);
    SlowGateway.finish();
  });
});
