import { channelsAs } from '../support/channels';
import { endPrograms, temporaryDirectory } from '../support/program';
import { AttackedServer } from './support/attacked-server';

const directory = temporaryDirectory();
const ROOM = 'channel:den';

afterEach(endPrograms);

it('a join repeated after a ban is refused, and what is said afterwards does not reach who was banned', async () => {
  const server = await AttackedServer.start(directory);
  const asAlice = channelsAs(server, 'alice');
  expect((await asAlice('POST', '', { id: 'den', name: 'The den' })).status).toBe(201);
  const [alice, mallory] = [await server.connect('alice'), await server.connect('mallory')];
  await alice.join(ROOM);
  const joins = () => mallory.request('join_room', { room: ROOM }, 'j-1');
  expect((await joins()).type).toBe('room_joined');
  expect((await asAlice('PUT', '/den/bans/mallory', {})).status).toBe(204);
  expect((await mallory.next('room_left')).data.code).toBe('banned');
  const again = await joins();
  expect([again.type, again.data]).toEqual(['error', expect.objectContaining({ code: 'banned' })]);
  expect((await alice.request('chat', { room: ROOM, text: 'a secret' })).type).toBe('ack');
  await mallory.settled();
  expect(JSON.stringify(mallory.frames)).not.toContain('a secret');
});
