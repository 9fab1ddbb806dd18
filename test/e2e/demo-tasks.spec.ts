import { Api, demo, stopDemos } from '../support/demo';
import { tokenFor } from '../support/tokens';

afterEach(stopDemos);

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The demo with a user's REST access, and a client of that user in these rooms. */
async function withClientIn(...rooms: string[]) {
  const started = await demo();
  return { ...started, alice: started.api(tokenFor('alice')), client: await started.connect('alice', rooms) };
}

async function task(api: Api, given: object = {}): Promise<Record<string, unknown>> {
  const { status, body } = await api.post('tasks', { projectId: '1', title: 'Water the plants', ...given });
  expect([status, body]).toEqual([201, expect.objectContaining({ projectId: '1' })]);
  return body;
}

describe('tasks of the demo', () => {
  it('are created, and their project and their board hear of it as one event', async () => {
    const { alice, client } = await withClientIn('project:1', 'board:1');
    const { status, body } = await alice.post('tasks', { projectId: 1, boardId: '1', title: ' Water the plants ' });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: '1',
      projectId: '1',
      boardId: '1',
      title: 'Water the plants',
      description: '',
      status: 'todo',
      position: 1,
      revision: 1,
      changedBy: 'alice',
      createdAt: expect.stringMatching(ISO) as string,
    });
    const inProject = await client.next('task.created');
    const onBoard = await client.next('task.created');
    expect(inProject).toMatchObject({ room: 'project:1', offset: 1, data: body });
    expect(onBoard).toMatchObject({ room: 'board:1', offset: 1, data: body });
    expect(inProject.data).toEqual(body);
    expect(onBoard.message_id).toBe(inProject.message_id);
  });

  it('need no board, and then only their project hears of them', async () => {
    const { alice, client } = await withClientIn('project:1', 'board:1');
    expect(await task(alice)).toMatchObject({ boardId: null });
    expect((await client.next('task.created')).room).toBe('project:1');
    await client.settled();
    expect(client.unread).toEqual([]);
  });

  it('are read, one and all and by project and board', async () => {
    const { alice } = await withClientIn();
    await alice.post('projects', { name: 'Second' });
    const first = await task(alice);
    const second = await task(alice, { boardId: 1, status: 'in_progress', description: 'All of them' });
    const other = await alice.post('tasks', { projectId: 2, title: 'Elsewhere' });
    expect(await alice.get('tasks/2')).toMatchObject({ status: 200, body: second });
    expect((await alice.get('tasks')).body).toEqual([first, second, other.body]);
    expect((await alice.get('tasks?projectId=1')).body).toEqual([first, second]);
    expect((await alice.get('tasks?projectId=1&boardId=1')).body).toEqual([second]);
    expect((await alice.get('tasks?projectId=99')).body).toEqual([]);
  });

  it('tell, when updated, what was changed from what to what, and of a status besides', async () => {
    const { alice, client } = await withClientIn('project:1');
    const before = await task(alice);
    const { status, body } = await alice.patch('tasks/1', { title: 'Water them', status: 'done' });
    expect(status).toBe(200);
    expect(body).toEqual({ ...before, title: 'Water them', status: 'done', revision: 2 });
    await client.next('task.created');
    expect((await client.next('task.updated')).data).toEqual({
      ...body,
      changes: { title: { old: 'Water the plants', new: 'Water them' }, status: { old: 'todo', new: 'done' } },
    });
    expect((await client.next('status.changed')).data).toEqual({
      ...body,
      changes: { status: { old: 'todo', new: 'done' } },
    });
    expect((await alice.get('tasks/1')).body).toEqual(body);
  });

  it('tell nothing when nothing was changed, and of no status that stayed', async () => {
    const { alice, client } = await withClientIn('project:1');
    const before = await task(alice);
    expect(await alice.patch('tasks/1', {})).toMatchObject({ status: 200, body: before });
    expect(await alice.patch('tasks/1', { title: before.title, status: 'todo' })).toMatchObject({ status: 200 });
    await alice.patch('tasks/1', { title: 'Water them' });
    await client.next('task.created');
    expect((await client.next('task.updated')).data.title).toBe('Water them');
    await client.settled();
    expect(client.unread).toEqual([]);
  });

  it('tell the board they leave and the board they come to', async () => {
    const { alice, connect } = await withClientIn();
    await alice.post('boards', { projectId: 1, name: 'Second' });
    const client = await connect('alice', ['board:1', 'board:2']);
    await task(alice, { boardId: 1 });
    await client.next('task.created');
    await alice.patch('tasks/1', { boardId: 2 });
    const left = await client.next('task.updated');
    const come = await client.next('task.updated');
    expect([left.room, come.room]).toEqual(['board:1', 'board:2']);
    expect(come.message_id).toBe(left.message_id);
    expect(left.data).toMatchObject({ boardId: '2', changes: { boardId: { old: '1', new: '2' } } });
    await alice.patch('tasks/1', { boardId: null });
    expect((await client.next('task.updated')).data).toMatchObject({ changes: { boardId: { old: '2', new: null } } });
  });

  it('are moved in front of another one and into its column at once, and told so as one event', async () => {
    const { alice, client } = await withClientIn('project:1');
    for (const title of ['one', 'two', 'three']) await task(alice, { title });
    for (let made = 0; made < 3; made++) await client.next('task.created');
    const { body } = await alice.patch('tasks/3', { before: 2, status: 'done' });
    expect(body).toMatchObject({ id: '3', status: 'done', position: 1.5, revision: 4 });
    expect((await client.next('task.updated')).data).toEqual({
      ...body,
      changes: { status: { old: 'todo', new: 'done' }, position: { old: 3, new: 1.5 } },
    });
    expect((await client.next('status.changed')).data).toMatchObject({ id: '3', revision: 4 });
    await alice.patch('tasks/1', { before: null });
    expect((await client.next('task.updated')).data).toMatchObject({ changes: { position: { old: 1, new: 3 } } });
    const { body: list } = await alice.get('tasks');
    expect(list).toMatchObject([{ position: 3 }, { position: 2 }, { position: 1.5 }]);
  });

  it('are moved in front of tasks of their own project alone', async () => {
    const { alice } = await withClientIn();
    await alice.post('projects', { name: 'Second' });
    await task(alice);
    await alice.post('tasks', { projectId: 2, title: 'Elsewhere' });
    for (const before of [2, 99]) {
      const { status, body } = await alice.patch('tasks/1', { before });
      expect([status, body.message]).toEqual([400, `before must be a task of project 1, which ${before} is not.`]);
    }
    expect((await alice.get('tasks/1')).body).toMatchObject({ position: 1, revision: 1 });
  });

  it('are read with their project and its boards, and where the events go on from there', async () => {
    const { alice, client } = await withClientIn('project:1');
    await alice.post('projects', { name: 'Second' });
    const only = await task(alice, { boardId: 1 });
    const { offset } = await client.next('task.created');
    const { headers, body } = await alice.get('projects/1/contents');
    expect(body).toEqual({
      project: expect.objectContaining({ id: '1' }) as object,
      boards: [expect.objectContaining({ id: '1', projectId: '1' })],
      tasks: [only],
      changes: [{ type: 'task.created', task: only, at: expect.stringMatching(ISO) as string }],
    });
    expect(headers['realtime-position']).toMatch(new RegExp(`.${String(offset)}$`));
    expect((await alice.get('projects/2/contents')).body).toMatchObject({ boards: [], tasks: [] });
    expect((await alice.get('projects/3/contents')).status).toBe(404);
  });

  it('keep the last that became of them, for who asks from a revision on', async () => {
    const { alice, api } = await withClientIn();
    await task(alice);
    await api(tokenFor('bob', { name: 'Bob' })).patch('tasks/1', { title: 'Water them' });
    await alice.post('projects', { name: 'Second' });
    await alice.post('tasks', { projectId: 2, title: 'Elsewhere' });
    await alice.delete('tasks/1');
    const since = async (revision: string) =>
      ((await alice.get(`projects/1/contents?since=${revision}`)).body.changes as object[]) ?? [];
    expect(await since('1')).toMatchObject([
      {
        type: 'task.updated',
        task: { revision: 2, changedBy: 'Bob', changes: { title: { old: 'Water the plants', new: 'Water them' } } },
      },
      { type: 'task.deleted', task: { id: '1', title: 'Water them', revision: 4, changedBy: 'alice' } },
    ]);
    expect(await since('4')).toEqual([]);
    expect((await alice.get('projects/1/contents?since=-1')).status).toBe(400);
    for (let made = 0; made < 101; made++) await task(alice, { title: `task ${made}` });
    expect([(await since('0')).length, (await since('0'))[0]]).toMatchObject([100, { task: { title: 'task 1' } }]);
  });

  it('are deleted, and told so', async () => {
    const { alice, client } = await withClientIn('project:1', 'board:1');
    const before = await task(alice, { boardId: 1 });
    expect(await alice.delete('tasks/1')).toMatchObject({ status: 204, body: {} });
    const inProject = await client.next('task.deleted');
    const onBoard = await client.next('task.deleted');
    expect([inProject.room, inProject.data, onBoard.room, onBoard.data]).toEqual([
      'project:1',
      before,
      'board:1',
      before,
    ]);
    expect(onBoard.message_id).toBe(inProject.message_id);
    expect((await alice.get('tasks/1')).status).toBe(404);
    expect(await task(alice)).toMatchObject({ id: '2' });
  });
});
