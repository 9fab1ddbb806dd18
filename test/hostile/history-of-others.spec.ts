import { Redis } from 'ioredis';
import { endPrograms, temporaryDirectory } from '../support/program';
import { RedisServer, stopRedis } from '../support/redis-server';
import { AttackedServer } from './support/attacked-server';

const KIB = 1024;
const directory = temporaryDirectory();

afterEach(endPrograms);
afterAll(stopRedis);

/** A quiet room that people are in, and what of it is there after the attack. */
async function historyAfterAttack(server: AttackedServer): Promise<unknown[]> {
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')];
  for (const client of [alice, bob]) await client.join('project:quiet');
  for (const text of ['one', 'two', 'three']) await alice.request('chat', { room: 'project:quiet', text });
  const attack = server.attack('history-floods');
  expect(await attack.exit).toBe(0);
  const { data } = await bob.request<'history'>('history', { room: 'project:quiet' });
  const { epoch } = data as unknown as { epoch: string };
  const away = await server.connect('carol');
  const joined = await away.join('project:quiet', { epoch, offset: 0 });
  expect(joined).toMatchObject({ recovered: true, replayed: 3 });
  return (data as unknown as { messages: { data: { text: string } }[] }).messages.map((each) => each.data.text);
}

it('one user that floods its rooms erases nothing of a quiet room that people are in', async () => {
  const options = { clientEvents: ['note.filled'], history: { maxTotalBytes: 400 * KIB, maxBytesPerUser: 300 * KIB } };
  const server = await AttackedServer.start(directory, { options });
  expect(await historyAfterAttack(server)).toEqual(['three', 'two', 'one']);
});

it('one user that spreads over many rooms does not fill Redis', async () => {
  const { port, url } = await RedisServer.start();
  const history = { maxBytesPerUser: 300 * KIB };
  const options = { clientEvents: ['note.filled'], history, storage: false as const };
  const server = await AttackedServer.start(directory, { redis: url, options });
  expect(await historyAfterAttack(server)).toEqual(['three', 'two', 'one']);
  const redis = new Redis(port);
  let bytes = 0;
  for (const key of await redis.keys('hostile:{flood:*:stream')) bytes += (await redis.memory('USAGE', key)) ?? 0;
  redis.disconnect();
  expect(bytes).toBeGreaterThan(100 * KIB);
  expect(bytes).toBeLessThan(600 * KIB);
});
