import { Logger } from '@nestjs/common';
import { RedisBackplane } from '../../src/adapters/redis';
import { RedisServer, stopRedis } from '../support/redis-server';
import { said } from './backplane';

const ROOMS = 400;
const KIB = 1024;

beforeAll(() => {
  Logger.overrideLogger(false);
});
afterAll(stopRedis);

it.each(['volatile-random', 'volatile-lru', 'volatile-ttl'])(
  'RedisBackplane appends an id once in an epoch while Redis evicts by %s',
  async (policy) => {
    const redis = await RedisServer.start();
    // Hundreds of publications at once, on a machine that may be busy: none of them is to be given up.
    const backplane = new RedisBackplane({ url: redis.url, prefix: 'evicted:', timeoutMs: 15_000 });
    const rooms = Array.from({ length: ROOMS }, (_, n) => `room-${n}`);
    const publish = (room: string, id: string) => backplane.publish(room, said('x'.repeat(2_000), { id }));
    try {
      const first = await Promise.all(rooms.map((room) => publish(room, 'repeated')));
      await Promise.all(rooms.map((room) => publish(room, 'another')));
      const used = Number(/used_memory:(\d+)/.exec(String(await redis.command('INFO', 'memory')))![1]);
      await redis.command('CONFIG', 'SET', 'maxmemory-policy', policy);
      await redis.command('CONFIG', 'SET', 'maxmemory', used - 512 * KIB);
      const second = await Promise.all(rooms.map((room) => publish(room, 'repeated')));
      const same = second.filter(({ epoch }, n) => epoch === first[n].epoch);
      // A part of a stream is not there any more, or all of it is.
      expect(same.length).toBeLessThan(ROOMS);
      expect(same.filter(({ offset }) => offset !== 1)).toEqual([]);
    } finally {
      await backplane.close();
    }
  },
);
