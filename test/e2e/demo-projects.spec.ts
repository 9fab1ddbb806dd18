import type { TestClient } from '../support/client';
import { demo, stopDemos } from '../support/demo';
import { tokenFor } from '../support/tokens';

afterEach(stopDemos);

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
const FIRST_PROJECT = { id: '1', name: 'First project', createdAt: ISO };
const FIRST_BOARD = { id: '1', projectId: '1', name: 'First board', createdAt: ISO };

/** The demo with a user's REST access, and a client of that user in these rooms. */
async function withClientIn(...rooms: string[]) {
  const started = await demo();
  return { ...started, alice: started.api(tokenFor('alice')), client: await started.connect('alice', rooms) };
}

/** What the client has heard: the events' types, rooms and ids of what they are about. */
async function heard(client: TestClient): Promise<unknown[]> {
  await client.settled();
  return client.unread.splice(0).map(({ type, room, data }) => [type, room, data.id]);
}

describe('projects of the demo', () => {
  it('begin with one, and one board in it', async () => {
    const { alice } = await withClientIn();
    expect((await alice.get('projects')).body).toEqual([FIRST_PROJECT]);
    expect((await alice.get('projects/1')).body).toEqual(FIRST_PROJECT);
    expect((await alice.get('boards')).body).toEqual([FIRST_BOARD]);
    expect((await alice.get('boards/1')).body).toEqual(FIRST_BOARD);
  });

  it('are created, and everyone hears of it', async () => {
    const { alice, client } = await withClientIn();
    const { status, body } = await alice.post('projects', { name: 'Garden' });
    expect([status, body]).toEqual([201, { id: '2', name: 'Garden', createdAt: ISO }]);
    const created = await client.next('project.created');
    expect([created.room, created.data]).toEqual([undefined, body]);
    expect((await client.join('project:2')).room).toBe('project:2');
  });

  it('tell, when updated, what was changed, and otherwise nothing', async () => {
    const { alice, client } = await withClientIn('project:1');
    const { body } = await alice.patch('projects/1', { name: 'Garden' });
    expect(body).toEqual({ ...FIRST_PROJECT, name: 'Garden' });
    expect(await client.next('project.updated')).toMatchObject({
      room: 'project:1',
      data: { ...body, changes: { name: { old: 'First project', new: 'Garden' } } },
    });
    expect(await alice.patch('projects/1', { name: 'Garden' })).toMatchObject({ status: 200, body });
    expect(await heard(client)).toEqual([]);
  });

  it('are deleted with their boards and tasks, and each is told', async () => {
    const { alice, client } = await withClientIn('project:1', 'board:1');
    await alice.post('tasks', { projectId: 1, boardId: 1, title: 'on the board' });
    await alice.post('tasks', { projectId: 1, title: 'on none' });
    await heard(client);
    expect((await alice.delete('projects/1')).status).toBe(204);
    expect(await heard(client)).toEqual([
      ['task.deleted', 'project:1', '1'],
      ['task.deleted', 'board:1', '1'],
      ['task.deleted', 'project:1', '2'],
      ['board.deleted', 'project:1', '1'],
      ['board.deleted', 'board:1', '1'],
      ['project.deleted', 'project:1', '1'],
    ]);
    for (const kind of ['projects', 'boards', 'tasks']) expect((await alice.get(kind)).body).toEqual([]);
    expect((await alice.post('projects', { name: 'Next' })).body.id).toBe('2');
  });
});

describe('boards of the demo', () => {
  it('are created, and their project hears of it', async () => {
    const { alice, client } = await withClientIn('project:1');
    const { status, body } = await alice.post('boards', { projectId: 1, name: 'Spring' });
    expect([status, body]).toEqual([201, { id: '2', projectId: '1', name: 'Spring', createdAt: ISO }]);
    expect(await client.next('board.created')).toMatchObject({ room: 'project:1', data: body });
    expect((await alice.get('boards?projectId=1')).body).toEqual([FIRST_BOARD, body]);
    expect((await alice.get('boards?projectId=2')).body).toEqual([]);
  });

  it('tell, when updated, what was changed, in their project and their own room as one event', async () => {
    const { alice, client } = await withClientIn('project:1', 'board:1');
    const { body } = await alice.patch('boards/1', { name: 'Spring' });
    expect(body).toEqual({ ...FIRST_BOARD, name: 'Spring' });
    const inProject = await client.next('board.updated');
    const onBoard = await client.next('board.updated');
    expect([inProject.room, onBoard.room]).toEqual(['project:1', 'board:1']);
    expect(onBoard.message_id).toBe(inProject.message_id);
    expect(onBoard.data).toEqual({ ...body, changes: { name: { old: 'First board', new: 'Spring' } } });
    expect(await alice.patch('boards/1', {})).toMatchObject({ status: 200, body });
    expect(await heard(client)).toEqual([]);
  });

  it('are deleted with their tasks, and each is told', async () => {
    const { alice, client } = await withClientIn('board:1');
    await alice.post('tasks', { projectId: 1, boardId: 1, title: 'on the board' });
    await alice.post('tasks', { projectId: 1, title: 'on none' });
    await heard(client);
    expect((await alice.delete('boards/1')).status).toBe(204);
    expect(await heard(client)).toEqual([
      ['task.deleted', 'board:1', '1'],
      ['board.deleted', 'board:1', '1'],
    ]);
    expect((await alice.get('tasks')).body).toMatchObject([{ id: '2' }]);
  });
});
