import { join } from 'node:path';
import { FLAWLESS, inWords } from '../support/account';
import { Crowd, sendHome } from '../support/crowd';
import { Fleet } from '../support/fleet';
import { endPrograms, temporaryDirectory } from '../support/program';
import { RedisServer, stopRedis } from '../support/redis-server';

const KILLS = 4;

jest.setTimeout(120_000);

const directory = temporaryDirectory();

afterAll(async () => {
  await sendHome();
  await endPrograms();
  await stopRedis();
});

describe('a Redis that keeps what it is told, and is killed while everybody talks', () => {
  it('goes on where it was: nothing is lost, said twice or mixed up, and no connection ends', async () => {
    const redis = await RedisServer.start({ durable: true });
    const fleet = await Fleet.start({ redis: [redis.url, redis.url], file: join(directory, 'chat.sqlite') });
    const crowd = await Crowd.gather(fleet, { speech: ['chat', 'broadcast', 'place_order'] });
    for (let kill = 0; kill < KILLS; kill++) {
      await crowd.talksOn(50 + Math.random() * 50);
      await redis.kill();
      await crowd.isRefused(5);
      await redis.restart();
    }
    await crowd.talksOn(50);
    const account = await crowd.disperse();
    console.log(inWords(`Redis killed ${KILLS} times`, account));

    expect(account).toMatchObject({ ...FLAWLESS, told: 0, reconnected: 0 });
    expect(fleet.complaints).toEqual([]);
  });
});
