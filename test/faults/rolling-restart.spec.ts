import { join } from 'node:path';
import { FLAWLESS, inWords } from '../support/account';
import { Crowd, sendHome } from '../support/crowd';
import { Fleet } from '../support/fleet';
import { endPrograms, temporaryDirectory } from '../support/program';
import { RedisServer, stopRedis } from '../support/redis-server';

jest.setTimeout(120_000);

const directory = temporaryDirectory();

afterAll(async () => {
  await sendHome();
  await endPrograms();
  await stopRedis();
});

describe('nodes that are replaced one after the other while everybody talks', () => {
  it('end no connection without saying so before, and lose, repeat and mix up nothing', async () => {
    const { url } = await RedisServer.start();
    const fleet = await Fleet.start({ redis: [url, url, url], file: join(directory, 'chat.sqlite') });
    const crowd = await Crowd.gather(fleet, { speech: ['chat', 'broadcast', 'place_order'] });
    for (const at of fleet.nodes.keys()) {
      await crowd.talksOn(50);
      // Nest ends the process with the signal it got, once everything is closed.
      expect(await fleet.replace(at, 'SIGTERM')).toBe('SIGTERM');
    }
    await crowd.talksOn(50);
    const account = await crowd.disperse();
    const ends = crowd.members.flatMap((member) => member.ends.slice(0, -1)).filter(({ opened }) => opened);
    console.log(inWords(`${fleet.nodes.length} nodes replaced, ${ends.length} connections closed`, account));

    expect(account).toMatchObject({ ...FLAWLESS, told: 0 });
    expect(ends.length).toBeGreaterThanOrEqual(crowd.members.length);
    for (const end of ends) expect(end).toMatchObject({ code: 1012, reconnectInMs: expect.any(Number) as number });
    expect(fleet.complaints).toEqual([]);
  });
});
