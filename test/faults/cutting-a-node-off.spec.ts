import { join } from 'node:path';
import { FLAWLESS, inWords } from '../support/account';
import { Crowd, sendHome } from '../support/crowd';
import { Fleet } from '../support/fleet';
import { endPrograms, temporaryDirectory } from '../support/program';
import { Proxy, stopProxies } from '../support/proxy';
import { RedisServer, stopRedis } from '../support/redis-server';

const CUTS = 5;

jest.setTimeout(120_000);

const directory = temporaryDirectory();

afterAll(async () => {
  await sendHome();
  stopProxies();
  await endPrograms();
  await stopRedis();
});

/** Connections break; or they go on existing, and carry nothing any more: then the node makes new ones by itself. */
async function fail(proxy: Proxy, cut: number, crowd: Crowd): Promise<void> {
  if (cut % 2) {
    proxy.stall();
    return crowd.isRefused(1);
  }
  proxy.cut();
  return crowd.isRefused(10);
}

describe('a node that is cut off from Redis while everybody talks', () => {
  it('tells its clients everything afterwards, and those of the other node notice nothing', async () => {
    const { port, url } = await RedisServer.start();
    const proxy = await Proxy.to(port);
    const fleet = await Fleet.start({ redis: [proxy.url, url], file: join(directory, 'chat.sqlite') });
    const crowd = await Crowd.gather(fleet, { speech: ['chat', 'broadcast', 'place_order'] });
    for (let cut = 0; cut < CUTS; cut++) {
      await crowd.talksOn(50 + Math.random() * 50);
      await fail(proxy, cut, crowd);
      await crowd.talksOn(50);
      proxy.heal();
    }
    await crowd.talksOn(50);
    const account = await crowd.disperse();
    console.log(inWords(`cut off ${CUTS} times`, account));

    expect(account).toMatchObject({ ...FLAWLESS, told: 0, reconnected: 0 });
    expect(fleet.complaints).toEqual([]);
  });
});
