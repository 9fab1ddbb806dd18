import { JwtService } from '@nestjs/jwt';
import request from 'supertest';
import type { TestClient } from '../support/client';
import { Answer, Api, Demo, demo, stopDemos } from '../support/demo';
import { SECRET, tokenFor } from '../support/tokens';

// What is refused changes nothing, so one demo serves all; a client watches that it hears nothing.
let started: Demo;
let alice: Api;
let watching: TestClient;
let before: object[];

beforeAll(async () => {
  started = await demo();
  // Signed as the bad tokens are, so that these are refused for what they say.
  alice = started.api(signed({ sub: 'alice', exp: inAnHour }));
  await alice.post('projects', { name: 'Second' });
  await alice.post('boards', { projectId: 2, name: 'Of the second' });
  await alice.post('tasks', { projectId: 1, title: 'Water the plants' });
  watching = await started.connect('alice', ['project:1', 'project:2', 'board:1', 'board:2']);
  before = await everything();
});

afterAll(stopDemos);

afterEach(async () => {
  expect(await everything()).toEqual(before);
  await watching.settled();
  expect(watching.unread).toEqual([]);
});

function everything(): Promise<object[]> {
  return Promise.all(['projects', 'boards', 'tasks'].map(async (kind) => (await alice.get(kind)).body));
}

/** The status, and the messages, of which a validation gives one for each thing that is wrong. */
function refusal({ status, body }: Answer): [number, unknown[]] {
  return [status, [body.message].flat()];
}

const routes = ['projects', 'boards', 'tasks'].flatMap((kind) => [
  ['get', kind],
  ['post', kind],
  ['get', `${kind}/1`],
  ['patch', `${kind}/1`],
  ['delete', `${kind}/1`],
]) as [keyof Api, string][];

const jwt = new JwtService({ secret: SECRET });
const inAnHour = Math.floor(Date.now() / 1000) + 3600;
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

const BAD_TOKENS = {
  'is no token': 'nonsense',
  'is signed with another secret': new JwtService({ secret: 'x'.repeat(32) }).sign({ sub: 'alice', exp: inAnHour }),
  'is signed with another algorithm': jwt.sign({ sub: 'alice', exp: inAnHour }, { algorithm: 'HS512' }),
  'is not signed': `${base64({ alg: 'none' })}.${base64({ sub: 'alice', exp: inAnHour })}.`,
  'has expired': tokenFor('alice', { expiresIn: -1 }),
  'never expires': jwt.sign({ sub: 'alice' }),
  'has no user': jwt.sign({ exp: inAnHour }),
  'has an empty user': jwt.sign({ sub: '', exp: inAnHour }),
  'has a number for a user': signed({ sub: 7, exp: inAnHour }),
  'is a signed array': signed(['alice']),
  'is a signed null': signed(null),
};

function signed(payload: unknown): string {
  return jwt.sign(Buffer.from(JSON.stringify(payload)), { header: { alg: 'HS256', typ: 'JWT' } });
}

describe('the REST API of the demo refuses', () => {
  it.each(routes)('to %s %s without a token', async (method, path) => {
    const answer = await started.api()[method](path, { name: 'x', projectId: '1', title: 'x' });
    const message = 'Send "Authorization: Bearer <token>". In development POST /api/login gives one.';
    expect(refusal(answer)).toEqual([401, [message]]);
  });

  it.each(Object.entries(BAD_TOKENS))('a token that %s', async (_what, token) => {
    expect((await started.api(token).delete('tasks/1')).status).toBe(401);
  });

  it.each([
    [{}, 'projectId must be an id, as "1"'],
    [{ projectId: '1' }, 'title must be a string'],
    [{ projectId: '1', title: ' ' }, 'title must be longer than or equal to 1 characters'],
    [{ projectId: '1', title: 'x'.repeat(201) }, 'title must be shorter than or equal to 200 characters'],
    [{ projectId: '1', title: 7 }, 'title must be a string'],
    [{ projectId: 'x', title: 'x' }, 'projectId must be an id, as "1"'],
    [{ projectId: 1.5, title: 'x' }, 'projectId must be an id, as "1"'],
    [{ projectId: true, title: 'x' }, 'projectId must be an id, as "1"'],
    [{ projectId: ['1'], title: 'x' }, 'projectId must be an id, as "1"'],
    [{ projectId: '1', boardId: 'x', title: 'x' }, 'boardId must be an id, as "1"'],
    [{ projectId: '1', title: 'x', description: null }, 'description must be a string'],
    [
      { projectId: '1', title: 'x', status: 'x' },
      'status must be one of the following values: todo, in_progress, done',
    ],
    [{ projectId: '1', title: 'x', id: '7' }, 'property id should not exist'],
    [{ projectId: '9', title: 'x' }, 'There is no project 9. POST /api/projects makes one.'],
    [
      { projectId: '1', boardId: '2', title: 'x' },
      'Project 1 has no board 2. GET /api/boards?projectId=1 lists those it has.',
    ],
    [
      { projectId: '1', boardId: '9', title: 'x' },
      'Project 1 has no board 9. GET /api/boards?projectId=1 lists those it has.',
    ],
  ])('the task %j', async (given, message) => {
    expect(refusal(await alice.post('tasks', given))).toEqual([400, expect.arrayContaining([message])]);
  });

  it.each([
    [{ title: null }, 'title must be a string'],
    [{ status: null }, 'status must be one of the following values: todo, in_progress, done'],
    [{ projectId: '1' }, 'property projectId should not exist'],
    [{ createdAt: 'now' }, 'property createdAt should not exist'],
    [{ boardId: '2' }, 'Project 1 has no board 2. GET /api/boards?projectId=1 lists those it has.'],
  ])('the change of a task %j', async (change, message) => {
    expect(refusal(await alice.patch('tasks/1', change))).toEqual([400, expect.arrayContaining([message])]);
  });

  it.each([
    ['projects', {}, 'name must be a string'],
    ['projects', { name: ' ' }, 'name must be longer than or equal to 1 characters'],
    ['projects', { name: 'x'.repeat(201) }, 'name must be shorter than or equal to 200 characters'],
    ['projects', { name: 'x', owner: 'me' }, 'property owner should not exist'],
    ['boards', { projectId: '1' }, 'name must be a string'],
    ['boards', { name: 'x' }, 'projectId must be an id, as "1"'],
    ['boards', { projectId: '1', name: 'x', tasks: [] }, 'property tasks should not exist'],
    ['boards', { projectId: '9', name: 'x' }, 'There is no project 9. POST /api/projects makes one.'],
  ])('of the %s %j', async (kind, given, message) => {
    expect(refusal(await alice.post(kind, given))).toEqual([400, expect.arrayContaining([message])]);
  });

  it.each([
    ['projects/1', { id: '2' }, 'property id should not exist'],
    ['projects/1', { name: null }, 'name must be a string'],
    ['boards/1', { projectId: '2' }, 'property projectId should not exist'],
    ['boards/1', { name: null }, 'name must be a string'],
  ])('the change of %s %j', async (path, change, message) => {
    expect(refusal(await alice.patch(path, change))).toEqual([400, expect.arrayContaining([message])]);
  });

  it.each(['projects', 'boards', 'tasks'])('%s that are not there', async (kind) => {
    const notFound = [404, [`There is no ${kind.slice(0, -1)} 9.`]];
    expect(refusal(await alice.get(`${kind}/9`))).toEqual(notFound);
    expect(refusal(await alice.patch(`${kind}/9`, {}))).toEqual(notFound);
    expect(refusal(await alice.delete(`${kind}/9`))).toEqual(notFound);
    expect((await alice.get(`${kind}/__proto__`)).status).toBe(404);
  });

  it.each([
    ['tasks?owner=1', 'property owner should not exist'],
    ['tasks?projectId=x', 'projectId must be an id, as "1"'],
    ['tasks?boardId=1&boardId=2', 'boardId must be an id, as "1"'],
    ['boards?boardId=1', 'property boardId should not exist'],
    ['boards?projectId=', 'projectId must be an id, as "1"'],
  ])('the filter %s', async (path, message) => {
    expect(refusal(await alice.get(path))).toEqual([400, [message]]);
  });

  it('a body that is nested 3,000 deep', async () => {
    const name: unknown = JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`);
    expect(refusal(await alice.post('projects', { name }))).toEqual([400, ['The body is nested too deeply.']]);
  });

  it.each(['[]', '[{"name":"x"}]', '"x"', '{"name":', 'null'])('the body %s', async (body) => {
    const post = request(`http://${started.address}`).post('/api/projects').type('json');
    const { status } = await post.auth(tokenFor('alice'), { type: 'bearer' }).send(body);
    expect(status).toBe(400);
  });

  it.each([
    [{}, 'name must be a string'],
    [{ name: 7 }, 'name must be a string'],
    [{ name: ' ' }, 'name must be longer than or equal to 1 characters'],
    [{ name: 'x'.repeat(65) }, 'name must be shorter than or equal to 64 characters'],
    [{ name: '!?' }, 'name must hold a letter from A to Z or a digit'],
    [{ name: 'alice', roles: ['admin'] }, 'property roles should not exist'],
  ])('the login %j', async (given, message) => {
    expect(refusal(await started.api().post('login', given))).toEqual([400, expect.arrayContaining([message])]);
  });
});
