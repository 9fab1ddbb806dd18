import { join } from 'node:path';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { FLAWLESS, inWords } from '../support/account';
import { Crowd, sendHome } from '../support/crowd';
import { Fleet } from '../support/fleet';
import { endPrograms, temporaryDirectory } from '../support/program';
import { RedisServer, stopRedis } from '../support/redis-server';

const KILLS = 10;

jest.setTimeout(240_000);

const directory = temporaryDirectory();

afterAll(async () => {
  await sendHome();
  await endPrograms();
  await stopRedis();
});

describe('nodes that are killed while everybody talks', () => {
  it('lose nothing that was acknowledged, say nothing twice, and mix nothing up', async () => {
    const { url } = await RedisServer.start();
    const file = join(directory, 'chat.sqlite');
    const fleet = await Fleet.start({ redis: [url, url, url], file });
    const crowd = await Crowd.gather(fleet, { speech: ['chat', 'broadcast', 'place_order'] });
    for (let kill = 0; kill < KILLS; kill++) {
      await crowd.talksOn(10 + Math.random() * 40);
      await fleet.replace(kill % fleet.nodes.length, 'SIGKILL');
    }
    const account = await crowd.disperse();
    console.log(inWords(`${KILLS} kills`, account));

    expect(account).toMatchObject({ ...FLAWLESS, told: 0 });
    expect(account.reconnected).toBeGreaterThanOrEqual(KILLS);
    expect(fleet.complaints).toEqual([]);
    // A message that was sent again after its node died is stored once, too.
    const stored = await new SqliteStorage({ file }).db.selectFrom('chat_messages').select('text').execute();
    expect(new Set(stored.map(({ text }) => text)).size).toBe(stored.length);
  });
});
