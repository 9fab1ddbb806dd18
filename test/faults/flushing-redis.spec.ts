import { join } from 'node:path';
import { FLAWLESS, inWords } from '../support/account';
import { Crowd, sendHome } from '../support/crowd';
import { Fleet } from '../support/fleet';
import { endPrograms, temporaryDirectory } from '../support/program';
import { RedisServer, stopRedis } from '../support/redis-server';
import { until } from '../support/until';

const FLUSHES = 3;

jest.setTimeout(120_000);

const directory = temporaryDirectory();

afterAll(async () => {
  await sendHome();
  await endPrograms();
  await stopRedis();
});

describe('a Redis that is flushed while everybody talks', () => {
  it('goes on under another epoch, of which every member is told, without a hole', async () => {
    const redis = await RedisServer.start();
    const fleet = await Fleet.start({ redis: [redis.url, redis.url], file: join(directory, 'chat.sqlite') });
    const crowd = await Crowd.gather(fleet, { speech: ['chat', 'broadcast', 'place_order'] });
    for (let flush = 1; flush <= FLUSHES; flush++) {
      await crowd.talksOn(50 + Math.random() * 50);
      const before = new Map(crowd.members.map((member) => [member, member.follower.position!.epoch]));
      await redis.command('FLUSHALL');
      const isTold = () => crowd.members.every(({ told }) => told.length === flush);
      await until(isTold, 'the word to everybody');
      for (const [{ told }, epoch] of before) expect(told.at(-1)!.epoch).not.toBe(epoch);
    }
    await crowd.talksOn(50);
    const account = await crowd.disperse();
    console.log(inWords(`flushed ${FLUSHES} times`, account));

    expect(account).toMatchObject({ ...FLAWLESS, told: FLUSHES * crowd.members.length, reconnected: 0 });
    expect(fleet.complaints).toEqual([]);
    const epochs = new Set(crowd.members.map(({ room, follower }) => `${room} ${follower.position!.epoch}`));
    expect(epochs.size).toBe(new Set(crowd.members.map(({ room }) => room)).size);
  });
});
