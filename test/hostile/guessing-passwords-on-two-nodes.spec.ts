import { channelsAs } from '../support/channels';
import { PostgresServer } from '../support/postgres';
import { endPrograms, temporaryDirectory } from '../support/program';
import { RedisServer, stopRedis } from '../support/redis-server';
import { AttackedServer } from './support/attacked-server';

const directory = temporaryDirectory();
let postgres: PostgresServer;
let nodes: AttackedServer[];

beforeAll(async () => {
  postgres = await PostgresServer.start();
  const settings = { redis: (await RedisServer.start()).url, postgres: await postgres.createDatabase() };
  nodes = await Promise.all([1, 2].map(() => AttackedServer.start(directory, settings)));
}, 60_000);

afterAll(async () => {
  await endPrograms();
  await stopRedis();
  await postgres.end();
});

it('passwords tried at several nodes are counted together, and the right one opens to others', async () => {
  const channel = { id: 'den', name: 'Den', visibility: 'password', password: 'open sesame' };
  expect((await channelsAs(nodes[0], 'alice')('POST', '', channel)).status).toBe(201);
  const tries = Array.from({ length: 20 }, (_, n) =>
    channelsAs(nodes[n % 2], 'mallory')('POST', '/den/join', { password: `guess ${n}` }),
  );
  const statuses = (await Promise.all(tries)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 403)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(15);
  for (const node of nodes) {
    const bob = channelsAs(node, 'bob');
    expect((await bob('POST', '/den/join', { password: 'open sesame' })).status).toBe(200);
  }
});
