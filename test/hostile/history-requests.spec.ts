import { endPrograms, temporaryDirectory } from '../support/program';
import { RedisServer, stopRedis } from '../support/redis-server';
import { AttackedServer } from './support/attacked-server';
import { Victim } from './support/victim';

const directory = temporaryDirectory();

afterEach(endPrograms);
afterAll(stopRedis);

it('twenty connections that ask for the newest entry of a large room hold up no publisher', async () => {
  const { url } = await RedisServer.start();
  const options = { clientEvents: ['note.filled'], storage: false as const };
  const server = await AttackedServer.start(directory, { redis: url, options });
  const writers = await Promise.all(['one', 'two', 'three', 'four'].map((name) => server.connect(name)));
  for (const writer of writers) {
    await writer.join('project:large');
    await writer.request('broadcast', {
      room: 'project:large',
      event: 'note.filled',
      data: { text: 'x'.repeat(300_000) },
    });
  }
  const victim = await Victim.of(server);
  const attack = server.attack('history-requests');
  const pings = victim.pingsDuring(attack.exit);
  const [writer] = writers;
  await writer.join('project:quiet');
  const times: number[] = [];
  for (let n = 0; n < 15; n++) {
    const start = performance.now();
    await writer.request('chat', { room: 'project:quiet', text: `${n}` });
    times.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 110));
  }
  expect(await attack.exit).toBe(0);
  expect(times.sort((a, b) => a - b)[7]).toBeLessThan(400);
  expect((await pings).p50).toBeLessThan(400);
  expect(victim.connected).toBe(true);
});
