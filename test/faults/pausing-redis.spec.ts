import { join } from 'node:path';
import { FLAWLESS, inWords } from '../support/account';
import { TestClient } from '../support/client';
import { Crowd, sendHome } from '../support/crowd';
import { Fleet } from '../support/fleet';
import { endPrograms, temporaryDirectory } from '../support/program';
import { RedisServer, stopRedis } from '../support/redis-server';
import { tokenFor } from '../support/tokens';

const PAUSE_MS = 10_000;
/** Twice what a node of the fleet gives Redis to answer. */
const QUICKLY_MS = 1_000;

jest.setTimeout(120_000);

const directory = temporaryDirectory();

afterAll(async () => {
  await sendHome();
  await endPrograms();
  await stopRedis();
});

/** Asks, over and over for so long, for what needs Redis and for what does not. The longest waits, ms. */
async function ask(client: TestClient, forMs: number) {
  const end = Date.now() + forMs;
  const longest = { refusal: 0, ping: 0 };
  let refusals = 0;
  for (; Date.now() < end; refusals++) {
    for (const [type, room] of [
      ['join_room', 'project:9'],
      ['history', 'project:0'],
    ]) {
      const start = Date.now();
      expect(await client.refusal(type, { room })).toMatchObject({ code: 'unavailable', retryable: true });
      longest.refusal = Math.max(longest.refusal, Date.now() - start);
    }
    const start = Date.now();
    await client.settled();
    longest.ping = Math.max(longest.ping, Date.now() - start);
  }
  client.drop();
  return { ...longest, refusals };
}

async function connect(url: string): Promise<TestClient> {
  const client = await TestClient.open(url, { headers: { authorization: `Bearer ${tokenFor('asker')}` } });
  await client.next('auth_success');
  await client.settled();
  return client;
}

describe('a Redis that does nothing for 10 s while everybody talks', () => {
  it('is soon known to be away, keeps nobody from a ping, and has everything afterwards', async () => {
    const redis = await RedisServer.start();
    const fleet = await Fleet.start({ redis: [redis.url, redis.url], file: join(directory, 'chat.sqlite') });
    const crowd = await Crowd.gather(fleet, { speech: ['chat', 'broadcast', 'place_order'] });
    const askers = await Promise.all(fleet.nodes.map(({ url }) => connect(url)));
    await crowd.talksOn(50);
    redis.pause();
    const asked = await Promise.all(askers.map((client) => ask(client, PAUSE_MS)));
    redis.resume();
    await crowd.talksOn(50);
    const account = await crowd.disperse();
    console.log(inWords(`Redis paused for ${PAUSE_MS} ms`, account), asked);

    for (const { refusal, ping } of asked) {
      expect(refusal).toBeLessThan(QUICKLY_MS);
      expect(ping).toBeLessThan(QUICKLY_MS);
    }
    expect(account).toMatchObject({ ...FLAWLESS, told: 0, reconnected: 0 });
    expect(fleet.complaints).toEqual([]);
  });
});
