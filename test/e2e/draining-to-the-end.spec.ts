import { SubscribeMessage } from '@nestjs/websockets';
import { join } from 'node:path';
import { RealtimeGateway } from '../../src';
import { Connections } from '../../src/connections/connections';
import { TestClient } from '../support/client';
import { Gate } from '../support/gate';
import { endPrograms, Program } from '../support/program';
import { realtime, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';
import { until } from '../support/until';

afterEach(stopAll);
afterAll(endPrograms);

const PAGE = 'x'.repeat(256 * 1024);

/** Alice does not read, and much is due to her. */
async function withBacklog(flushMs: number) {
  const server = await realtime({ drain: { flushMs }, outbox: { maxFrames: 10_000, maxBytes: 1e9 } });
  const alice = await server.connect('alice');
  await alice.join('project:1');
  alice.ws.pause();
  const [{ outbox }] = server.app.get(Connections).ofUser('alice');
  let published = 0;
  while (outbox.depth < 20) {
    published = (await server.events.emit('page.written', { page: PAGE }, { room: 'project:1' })).offset;
    await new Promise(setImmediate);
  }
  return { ...server, alice, published };
}

describe('a drain', () => {
  it('sends a slow reader everything that is due to it', async () => {
    const { app, alice, published } = await withBacklog(60_000);
    const closing = app.close();
    alice.ws.resume();
    expect((await alice.closed).code).toBe(1012);
    const got = alice.frames.flatMap(({ offset }) => offset ?? []);
    expect(got).toEqual(Array.from({ length: published }, (_, i) => i + 1));
    expect(alice.frames.at(-1)!.type).toBe('server_shutdown');
    await closing;
  });

  it('waits for a client that never reads once for as long as it may, and not a second time', async () => {
    const { app, connect } = await withBacklog(1_000);
    const bob = await connect('bob');
    const start = Date.now();
    await app.close();
    const took = Date.now() - start;
    expect(took).toBeGreaterThanOrEqual(990);
    expect(took).toBeLessThan(1_900);
    expect((await bob.closed).code).toBe(1012);
    expect(app.get(Connections).size).toBe(0);
  });

  it('closes with 1012 also a client whose handler never ends, and one that has not authenticated', async () => {
    const gate = new Gate();
    @RealtimeGateway()
    class Worker {
      @SubscribeMessage('work')
      async work() {
        await gate.pass();
      }
    }
    const { app, connect, open } = await realtime({ drain: { flushMs: 100 }, host: { providers: [Worker] } });
    const [alice, nobody] = [await connect('alice'), await open()];
    alice.send('work');
    await until(() => gate.arrived === 1, 'the handler');
    await app.close();
    for (const client of [alice, nobody]) {
      await client.next('server_shutdown');
      expect((await client.closed).code).toBe(1012);
    }
    gate.open();
  });

  it('is over at once when nobody is connected', async () => {
    const { app } = await realtime({ drain: { flushMs: 600_000 } });
    await app.close();
    expect(app.get(Connections).size).toBe(0);
  });
});

describe('a process that is told to end', () => {
  it('drains at the first signal, and ends at the second', async () => {
    const program = new Program(process.execPath, [
      ...['--require', join(__dirname, '../support/cluster-register.js')],
      join(__dirname, '../support/draining-app.ts'),
    ]);
    const [, port] = await program.prints(/listens on (\d+)\./);
    const headers = { authorization: `Bearer ${tokenFor('alice')}` };
    const alice = await TestClient.open(`ws://127.0.0.1:${port}/ws`, { headers });
    alice.send('work');
    await program.prints(/working/);

    program.signal('SIGTERM');
    await alice.next('server_shutdown');
    program.signal('SIGTERM');
    expect((await alice.closed).code).toBe(1012);
    // Nest ends the process with the signal it got, once everything is closed.
    expect(await program.exit).toBe('SIGTERM');
  }, 60_000);
});
