import { Fleet, Times } from '../support/fleet';
import { endGatherings, Gathering } from '../support/gathering';
import { pause } from '../support/member';
import { endPrograms } from '../support/program';
import { Proxy, stopProxies } from '../support/proxy';
import { RedisServer, stopRedis } from '../support/redis-server';

const LEASE_MS = 1_500;
/** Whoever clears up after a node a second time has done so by then. */
const QUIET_MS = 2 * LEASE_MS;

jest.setTimeout(60_000);

afterEach(async () => {
  await endGatherings();
  stopProxies();
  await endPrograms();
  await stopRedis();
});

const fleetOf = (redis: readonly string[], times: Times) => Fleet.start({ redis, times });

/** Of all nodes but this one. */
const elsewhere = (fleet: Fleet, at: number): string => {
  const nodes = fleet.nodes.filter((_, i) => i !== at);
  return nodes[Math.floor(Math.random() * nodes.length)].url;
};

const users = (kind: string, count: number) => Array.from({ length: count }, (_, i) => `${kind}${i}`);

describe('who is in a room', () => {
  it('is right 30 s after a node was killed: who did not come back is told gone once, the others never', async () => {
    const { url } = await RedisServer.start();
    const fleet = await fleetOf([url, url, url], {});
    const gathering = new Gathering(fleet);
    for (const at of [1, 2]) await gathering.watcher(`watcher${at}`, at);
    const guests = users('guest', 4);
    for (const guest of guests) await gathering.guest(guest, 0);
    const doomed = [fleet.nodes[0].url];
    for (const member of users('member', 4)) {
      const homes = [...doomed];
      await gathering.member(member, () => homes.pop() ?? elsewhere(fleet, 0));
    }
    gathering.gone(...guests);
    const killed = Date.now();
    await fleet.replace(0, 'SIGKILL');
    await gathering.settles();
    await gathering.isTold(...guests.map((guest) => `${guest} left`));
    const tookMs = Date.now() - killed;
    const news = await gathering.news(1_000);
    console.log(`a node killed, default times: right after ${tookMs} ms`, news);

    expect(tookMs).toBeLessThan(30_000);
    expect(news).toEqual(Array(2).fill(guests.map((guest) => `${guest} left`)));
    expect(fleet.complaints).toEqual([]);
  });

  it('does not change for those who come back when a node that is replaced told them to', async () => {
    const { url } = await RedisServer.start();
    const fleet = await fleetOf([url, url, url], { leaseMs: LEASE_MS, graceMs: 1_000, windowMs: 3_000 });
    const gathering = new Gathering(fleet);
    for (const at of fleet.nodes.keys()) await gathering.watcher(`watcher${at}`, at);
    let replaced = 0;
    for (const member of users('member', 6)) {
      const homes = [fleet.pick()];
      await gathering.member(member, () => homes.pop() ?? elsewhere(fleet, replaced));
    }
    for (const guest of [0, 1, 2]) await gathering.guest(`guest${guest}`, guest);
    for (; replaced < 3; replaced++) {
      const gone = [`guest${replaced}`, `watcher${replaced}`];
      gathering.forgetWatchersAt(replaced);
      gathering.gone(...gone);
      expect(await fleet.replace(replaced, 'SIGTERM')).toBe('SIGTERM');
      const tookMs = await gathering.settles();
      await gathering.isTold(...gone.map((user) => `${user} left`));
      const news = await gathering.news(QUIET_MS);
      console.log(`node ${replaced} replaced: right after ${tookMs} ms`, news);
      expect(news).toEqual(Array(2).fill(gone.map((user) => `${user} left`)));
      await gathering.watcher(`successor${replaced}`, replaced);
    }
    expect(fleet.complaints).toEqual([]);
  });

  it('does not change for a node that is cut off for a while; after a long one its users are told gone, and back', async () => {
    const { port, url } = await RedisServer.start();
    const proxy = await Proxy.to(port);
    const fleet = await fleetOf([proxy.url, url], { leaseMs: LEASE_MS, graceMs: 4_000 });
    const gathering = new Gathering(fleet);
    await gathering.watcher('watcher', 1);
    const far = users('far', 3);
    for (const user of far) await gathering.member(user, () => fleet.nodes[0].url);
    for (const at of [0, 1]) await gathering.guest('both', at);
    const guest = await gathering.guest('guest', 0);

    proxy.cut();
    await pause(2 * LEASE_MS);
    proxy.heal();
    const shortMs = await gathering.settles();
    const none = await gathering.news(QUIET_MS);

    proxy.cut();
    guest.drop();
    await gathering.isTold(...[...far, 'guest'].map((user) => `${user} left`));
    proxy.heal();
    gathering.gone('guest');
    const longMs = await gathering.settles();
    await gathering.isTold(...far.map((user) => `${user} joined`));
    const news = await gathering.news(QUIET_MS);
    console.log(`a node cut off: right ${shortMs} ms and ${longMs} ms after it was back`, none, news);

    expect(none).toEqual([[]]);
    expect(news).toEqual([[...far.flatMap((user) => [`${user} left`, `${user} joined`]), 'guest left']]);
    expect(fleet.complaints).toEqual([]);
  });
});
