import { Fleet } from '../support/fleet';
import { endGatherings, Gathering } from '../support/gathering';
import { pause } from '../support/member';
import { endPrograms } from '../support/program';
import { RedisServer, stopRedis } from '../support/redis-server';

/**
 * For half of it, once Redis is back, nobody is said to be gone: longer than a node of the fleet takes to subscribe anew.
 * A node that does not listen yet misses what is volatile.
 */
const LEASE_MS = 3_000;
/** Whoever would say something a second time has done so by then. */
const QUIET_MS = LEASE_MS;
const PAUSE_MS = 10_000;
/** Long enough for who comes back as soon as Redis is. */
const GRACE_MS = 4_000;

jest.setTimeout(60_000);

afterEach(async () => {
  await endGatherings();
  await endPrograms();
  await stopRedis();
});

/** Two nodes with a watcher each, one member who comes back when the connection breaks, and one whose does not break. */
async function gather(redis: RedisServer, graceMs: number) {
  const fleet = await Fleet.start({ redis: [redis.url, redis.url], times: { leaseMs: LEASE_MS, graceMs } });
  const gathering = new Gathering(fleet);
  for (const at of [0, 1]) await gathering.watcher(`watcher${at}`, at);
  await gathering.member('steady', fleet.pick);
  const member = await gathering.member('member', fleet.pick);
  return { fleet, gathering, member };
}

describe('who is in a room', () => {
  it('is the same after Redis was killed: who was lost before, and meanwhile, is told gone once', async () => {
    const redis = await RedisServer.start({ durable: true });
    const { fleet, gathering, member } = await gather(redis, GRACE_MS);
    const before = await gathering.guest('before', 0);
    const meanwhile = await gathering.guest('meanwhile', 1);
    before.drop();
    await redis.kill();
    meanwhile.drop();
    member.drop();
    await pause(500);
    await redis.restart();
    gathering.gone('before', 'meanwhile');
    const tookMs = await gathering.settles();
    await gathering.isTold('before left', 'meanwhile left');
    const news = await gathering.news(QUIET_MS);
    console.log(`Redis killed and started again: right after ${tookMs} ms`, news);

    expect(news).toEqual(Array(2).fill(['before left', 'meanwhile left']));
    expect(fleet.complaints).toEqual([]);
  });

  it('is the same after Redis did nothing for 10 s', async () => {
    const redis = await RedisServer.start();
    const { fleet, gathering, member } = await gather(redis, GRACE_MS);
    const before = await gathering.guest('before', 0);
    const meanwhile = await gathering.guest('meanwhile', 1);
    before.drop();
    redis.pause();
    meanwhile.drop();
    await pause(PAUSE_MS - 500);
    member.drop();
    await pause(500);
    redis.resume();
    gathering.gone('before', 'meanwhile');
    const tookMs = await gathering.settles();
    await gathering.isTold('before left', 'meanwhile left');
    const news = await gathering.news(QUIET_MS);
    console.log(`Redis paused for ${PAUSE_MS} ms: right after ${tookMs} ms`, news);

    expect(news).toEqual(Array(2).fill(['before left', 'meanwhile left']));
    expect(fleet.complaints).toEqual([]);
  });

  it('is known again after Redis was flushed, and nobody is told anything but who is gone', async () => {
    const redis = await RedisServer.start();
    const { fleet, gathering } = await gather(redis, 2_000);
    for (const user of ['one', 'two']) {
      const guest = await gathering.guest(user, 0);
      guest.drop();
      await redis.command('FLUSHALL');
      gathering.gone(user);
      const tookMs = await gathering.settles();
      await gathering.isTold(`${user} left`);
      const news = await gathering.news(QUIET_MS);
      console.log(`flushed: right after ${tookMs} ms`, news);
      expect(news).toEqual(Array(2).fill([`${user} left`]));
    }
    expect(fleet.complaints).toEqual([]);
  });
});
