import { Answer, channelsAs } from '../support/channels';
import { endPrograms, temporaryDirectory } from '../support/program';
import { AttackedServer } from './support/attacked-server';

const directory = temporaryDirectory();
const HIDDEN = 'boardroom';
const ABSENT = 'ballrooms';

let server: AttackedServer;

/** Alice has a private channel, from which mallory is banned though he never was a member. */
beforeAll(async () => {
  server = await AttackedServer.start(directory);
  const asAlice = channelsAs(server, 'alice');
  const channel = { id: HIDDEN, name: 'The board', visibility: 'private' };
  expect((await asAlice('POST', '', channel)).status).toBe(201);
  expect((await asAlice('PUT', `/${HIDDEN}/bans/mallory`, { reason: 'leaks' })).status).toBe(204);
}, 30_000);

afterAll(endPrograms);

/** What was answered, whatever the id. */
const alike = (id: string, answer: unknown): unknown => JSON.parse(JSON.stringify(answer).replaceAll(id, '<id>'));

const COMMANDS: [string, object][] = [
  ['join_room', {}],
  ['join_room', { password: 'open sesame' }],
  ['join_room', { presence: true, since: { epoch: 'e', offset: 1 } }],
  ['subscription', { action: 'subscribe' }],
  ['subscription', { action: 'unsubscribe' }],
  ['leave_room', {}],
  ['chat', { text: 'hi' }],
  ['chat_edit', { id: 'a', text: 'hi' }],
  ['chat_delete', { id: 'a' }],
  ['chat_history', {}],
  ['history', {}],
  ['presence', {}],
  ['typing', { typing: true }],
  ['broadcast', { event: 'lunch.served', data: {} }],
];

const ROUTES: [string, string, object?][] = [
  ['GET', ''],
  ['PATCH', '', { name: 'x' }],
  ['PATCH', '', { colour: 'red' }],
  ['PUT', '/password', { password: 'open sesame' }],
  ['POST', '/join', {}],
  ['POST', '/join', { password: 'open sesame' }],
  ['POST', '/leave'],
  ['GET', '/members'],
  ['GET', '/stats'],
  ['POST', '/members', { user_id: 'mallory' }],
  ['PUT', '/members/alice', { role: 'member' }],
  ['DELETE', '/members/alice'],
  ['GET', '/bans'],
  ['PUT', '/bans/alice', {}],
  ['DELETE', '/bans/mallory'],
  ['DELETE', ''],
];

it.each(['mallory', 'bob'])(
  'a private channel answers %s like one that is not there, in every command',
  async (user) => {
    const [one, two] = [await server.connect(user), await server.connect(user)];
    for (const [type, data] of COMMANDS) {
      const [hidden, absent] = [
        await one.request<'error'>(type, { room: `channel:${HIDDEN}`, ...data }),
        await two.request<'error'>(type, { room: `channel:${ABSENT}`, ...data }),
      ];
      expect([type, alike(HIDDEN, hidden.data)]).toEqual([type, alike(ABSENT, absent.data)]);
      expect([type, hidden.type]).toEqual([type, 'error']);
      if (!/leave|subscription/.test(type)) expect([type, hidden.data.code]).toEqual([type, 'not_found']);
    }
  },
);

it.each(['mallory', 'bob'])('a private channel answers %s like one that is not there, on every route', async (user) => {
  const call = channelsAs(server, user);
  const told = ({ status, body }: Answer, id: string) => [status, alike(id, body)];
  for (const [method, path, body] of ROUTES) {
    const hidden = await call(method, `/${HIDDEN}${path}`, body);
    const absent = await call(method, `/${ABSENT}${path}`, body);
    expect([method, path, ...told(hidden, HIDDEN)]).toEqual([method, path, ...told(absent, ABSENT)]);
    expect([400, 404]).toContain(hidden.status);
  }
  expect((await call('GET', '')).body).toEqual({ channels: [], has_more: false });
});
