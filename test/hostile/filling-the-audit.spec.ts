import Libsql from 'libsql';
import type { TestClient } from '../support/client';
import { endPrograms, temporaryDirectory } from '../support/program';
import { until } from '../support/until';
import { AttackedServer } from './support/attacked-server';

const directory = temporaryDirectory();

afterEach(endPrograms);

const CONNECTIONS = 15;
const ROOMS = 100;

/** Connects with many rooms in the query; nothing where the server has had enough of it. */
async function barge(server: AttackedServer, round: number): Promise<TestClient | undefined> {
  const rooms = Array.from({ length: ROOMS }, (_, n) => `room=chat:${round}.${n}`).join('&');
  const client = await server.connect('mallory', `?${rooms}`).catch(() => undefined);
  await client?.settled().catch(() => undefined);
  client?.drop();
  return client;
}

it('one user with many connections and joins gets few rows in the audit, and others keep theirs', async () => {
  const server = await AttackedServer.start(directory);
  const victim = await server.connect('victim');
  await victim.join('project:42');
  for (let round = 0; round < 3; round++) {
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, n) => barge(server, round * CONNECTIONS + n)));
  }
  await victim.request('chat', { room: 'project:42', text: 'still here' });
  const database = new Libsql(server.file);
  const entriesOf = (user: string) =>
    database.prepare('select type, count from audit_entries where user_id = ?').all(user) as { type: string }[];
  // It is written a moment after it happened.
  await until(() => entriesOf('victim').some(({ type }) => type === 'chat_sent'), 'the record of the chat');
  expect(entriesOf('mallory').length).toBeGreaterThan(0);
  expect(entriesOf('mallory').length).toBeLessThan(1_050);
  expect(entriesOf('victim').map(({ type }) => type)).toEqual(['connected', 'joined', 'chat_sent']);
  database.close();
});
