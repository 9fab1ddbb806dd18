import { SqliteStorage } from '../../src/adapters/sqlite';
import { endPrograms, temporaryDirectory } from '../support/program';
import { AttackedServer } from './support/attacked-server';

const directory = temporaryDirectory();
const ROOM = 'chat:lobby';

afterAll(endPrograms);

it('A server that is killed right after it acknowledged chat does not publish it again', async () => {
  const first = await AttackedServer.start(directory);
  const alice = await first.connect('alice');
  await alice.join(ROOM);
  const { data: said } = await alice.request('chat', { room: ROOM, text: 'once' }, 'c-1');
  await first.program.end();
  expect(said).toMatchObject({ room: ROOM, offset: 1 });

  // What the next one would have to publish.
  const left = new SqliteStorage({ file: first.file });
  expect(await left.db.selectFrom('chat_outbox').select('id').execute()).toEqual([]);
  await left.close();

  const second = await AttackedServer.start(directory, { file: first.file, options: { chat: { relayAfterMs: 1 } } });
  const bob = await second.connect('bob');
  await bob.join(ROOM);
  expect((await bob.request('chat', { room: ROOM, text: 'next' })).data).toMatchObject({ offset: 1 });
  const texts = (await bob.request('chat_history', { room: ROOM })).data as {
    messages: { id: string; text: string }[];
  };
  expect(texts.messages.map(({ text }) => text)).toEqual(['next', 'once']);
  expect(bob.frames.filter(({ type }) => type === 'chat').map(({ data }) => data.text)).toEqual(['next']);

  // Who has no answer, and sends it again, said it once.
  const again = await second.connect('alice');
  await again.join(ROOM);
  expect((await again.request('chat', { room: ROOM, text: 'once' }, 'c-1')).data).toEqual({ ...said, offset: 0 });
  await bob.settled();
  expect(bob.frames.filter(({ type }) => type === 'chat')).toHaveLength(1);
});
