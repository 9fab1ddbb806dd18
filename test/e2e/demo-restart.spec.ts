import { join } from 'node:path';
import { Storage } from '../../src';
import { demo, stopDemos } from '../support/demo';
import { temporaryDirectory } from '../support/program';
import { tokenFor } from '../support/tokens';

afterEach(stopDemos);

const directory = temporaryDirectory();

describe('a restart of the demo', () => {
  it('keeps projects, boards and tasks as they were, and gives no id twice', async () => {
    const DATA_DIR = join(directory, 'kept');
    const before = await demo({ DATA_DIR });
    const alice = before.api(tokenFor('alice'));
    const title = `Robert'); drop table demo_tasks; --"𝄞`;
    await alice.post('projects', { name: 'Garden' });
    await alice.post('boards', { projectId: 2, name: 'Spring' });
    await alice.post('tasks', { projectId: 2, boardId: 2, title });
    await alice.post('tasks', { projectId: 1, title: 'to be deleted' });
    await alice.patch('tasks/1', { status: 'done' });
    await alice.delete('tasks/2');
    await alice.delete('projects/1');
    const kinds = ['projects', 'boards', 'tasks'];
    const lists = await Promise.all(kinds.map(async (kind) => (await alice.get(kind)).body));
    expect(lists).toMatchObject([[{ id: '2' }], [{ id: '2' }], [{ id: '1', title, status: 'done' }]]);
    await before.close();

    const after = await demo({ DATA_DIR });
    const again = after.api(tokenFor('alice'));
    expect(await Promise.all(kinds.map(async (kind) => (await again.get(kind)).body))).toEqual(lists);
    const client = await after.connect('alice', ['project:2', 'board:2']);
    expect((await again.post('tasks', { projectId: 2, title: 'next' })).body.id).toBe('3');
    expect((await client.next('task.created')).data).toMatchObject({ id: '3' });
    expect((await client.refusal('join_room', { room: 'project:1' })).code).toBe('not_found');
  });

  it('is not asked for when the database is gone: 503, and nothing is told', async () => {
    const started = await demo({ DATA_DIR: join(directory, 'gone') });
    const alice = started.api(tokenFor('alice'));
    const client = await started.connect('alice', ['project:1']);
    await started.app.get(Storage).close();
    expect((await alice.post('tasks', { projectId: 1, title: 'x' })).status).toBe(503);
    expect((await alice.get('tasks')).status).toBe(503);
    await client.settled();
    expect(client.unread).toEqual([]);
  });
});
