import { endPrograms, temporaryDirectory } from '../support/program';
import { RedisServer, stopRedis } from '../support/redis-server';
import { AttackedServer } from './support/attacked-server';

const MIB = 1024 * 1024;
const ROOM = 'project:large';
const directory = temporaryDirectory();

afterEach(endPrograms);
afterAll(stopRedis);

/** Eight users fill a room with what it may keep; where its stream is. */
async function fill(server: AttackedServer): Promise<{ epoch: string; offset: number }> {
  for (let user = 0; user < 8; user++) {
    const client = await server.connect(`writer${user}`);
    await client.join(ROOM);
    for (let n = 0; n < 8; n++) {
      await client.request('broadcast', { room: ROOM, event: 'note.filled', data: { text: 'x'.repeat(29_000) } });
    }
    client.drop();
  }
  const reader = await server.connect('reader');
  return reader.join(ROOM);
}

it('eighty connections that ask for a whole room and do not read it cost no memory, and hold nobody up', async () => {
  const { url } = await RedisServer.start();
  const options = { clientEvents: ['note.filled'], storage: false as const };
  const server = await AttackedServer.start(directory, { redis: url, options });
  const { epoch, offset } = await fill(server);
  const before = server.residentBytes;
  const attack = server.attack('resumes-without-reading', epoch);
  await attack.prints(/all have asked/);
  const victim = await server.connect('victim');
  let most = 0;
  for (let round = 0; round < 5; round++) {
    expect(await victim.join(ROOM, { epoch, offset: 0 })).toMatchObject({ recovered: true, replayed: offset, offset });
    await victim.request('ping');
    most = Math.max(most, server.residentBytes);
  }
  // Whole, each would hold the 2 MiB of the room: 160 MiB. Up to 70 MiB are garbage that is not collected yet.
  expect(most - before).toBeLessThan(100 * MIB);
});
