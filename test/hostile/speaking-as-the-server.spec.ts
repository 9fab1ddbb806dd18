import { endPrograms, temporaryDirectory } from '../support/program';
import { AttackedServer } from './support/attacked-server';

const directory = temporaryDirectory();

afterEach(endPrograms);

const ROOM = 'project:42';

it("a member's broadcast reaches nobody as an event of the application", async () => {
  const server = await AttackedServer.start(directory);
  const [victim, mallory] = [await server.connect('victim'), await server.connect('mallory', '', { roles: ['admin'] })];
  for (const client of [victim, mallory]) await client.join(ROOM);
  for (const room of [ROOM, undefined]) {
    for (const event of ['task.deleted', 'project.updated', 'status.changed']) {
      expect(await mallory.request('broadcast', { room, event, data: { id: 't1' } })).toMatchObject({ type: 'error' });
    }
  }
  await victim.settled();
  expect(victim.unread.filter(({ type }) => type !== 'user_joined')).toEqual([]);
  expect((await victim.request<'history'>('history', { room: ROOM })).data.messages).toEqual([]);
});

it('a member who may send an event of clients cannot hide who it is, nor send another one', async () => {
  const server = await AttackedServer.start(directory, { options: { clientEvents: ['cursor.moved'] } });
  const [victim, mallory] = [await server.connect('victim'), await server.connect('mallory')];
  for (const client of [victim, mallory]) await client.join(ROOM);
  const claims = { user: { id: 'root' }, room: 'project:1', offset: 99 };
  mallory.raw(
    `{"type":"broadcast","user":{"id":"root"},"data":{"room":"${ROOM}","event":"cursor.moved","data":${JSON.stringify(claims)}}}`,
  );
  const frame = await victim.next('cursor.moved');
  expect(frame).toMatchObject({ data: claims, room: ROOM, user: { id: 'mallory' }, offset: 1 });
  expect((await mallory.refusal('broadcast', { room: ROOM, event: 'task.deleted', data: {} })).code).toBe('forbidden');
  await victim.never('task.deleted');
});
