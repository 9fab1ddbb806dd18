import { snapshot } from '../../src/client';
import { HostileProxy, stopHostileProxies } from '../support/hostile-proxy';
import { createTask, getProject, projects, projectsHost, resetProjects } from '../support/projects';
import { Realtime, realtime, stopAll } from '../support/realtime';
import { closeClients, sdk, signal } from '../support/sdk';
import { until } from '../support/until';

beforeEach(resetProjects);

afterEach(async () => {
  await closeClients();
  await stopHostileProxies();
  await stopAll();
});

/** A client's board: what was loaded, and what happened since. */
function board(server: Realtime, url = server.url) {
  const client = sdk({ url }, 'alice');
  const room = client.room('project:42');
  const shown = { tasks: [] as string[], loads: 0 };
  room.on('task.created', ({ id }) => shown.tasks.push(id));
  const follow = () =>
    room.follow(
      () => snapshot<string[]>(getProject(server, '42/tasks')),
      (tasks) => {
        shown.loads++;
        shown.tasks = [...tasks];
      },
    );
  return { client, room, shown, follow };
}

describe('following a snapshot', () => {
  it('misses nothing that happens between loading and joining, and shows nothing twice that was loaded', async () => {
    const server = await realtime(projectsHost);
    await createTask(server, 't1');
    const { shown, room, client } = board(server);
    await room.follow(
      async () => {
        const loaded = await snapshot<string[]>(getProject(server, '42/tasks'));
        await createTask(server, 't2');
        return loaded;
      },
      (tasks) => (shown.tasks = [...tasks]),
    );
    await createTask(server, 't3');
    await until(() => shown.tasks.length === 3, 'three tasks');
    expect(shown.tasks).toEqual(['t1', 't2', 't3']);
    expect(client.state).toBe('connected');
  });

  it('goes on from where it was after a drop, without loading again', async () => {
    const server = await realtime(projectsHost);
    const proxy = await HostileProxy.to(server.port);
    const { client, shown, follow } = board(server, proxy.url);
    await follow();
    proxy.refuse();
    proxy.drop();
    await signal(client, 'reconnecting');
    await createTask(server, 't1');
    proxy.heal();
    await until(() => shown.tasks.length === 1, 'the task');
    expect(shown).toEqual({ tasks: ['t1'], loads: 1 });
  });

  it('loads again when what was missed is gone', async () => {
    const server = await realtime({ ...projectsHost, history: { maxPublications: 1 } });
    const proxy = await HostileProxy.to(server.port);
    const { client, shown, follow } = board(server, proxy.url);
    await follow();
    proxy.refuse();
    proxy.drop();
    await signal(client, 'reconnecting');
    for (const id of ['t1', 't2', 't3']) await createTask(server, id);
    proxy.heal();
    await until(() => shown.loads === 2, 'the second load');
    await createTask(server, 't4');
    await until(() => shown.tasks.length === 4, 'four tasks');
    expect(shown.tasks).toEqual(['t1', 't2', 't3', 't4']);
  });

  it('comes to an end in a room that keeps no history', async () => {
    const server = await realtime({ ...projectsHost, roomKinds: { project: { history: { maxPublications: 0 } } } });
    const { shown, room, follow } = board(server);
    projects.tasks.set('42', ['t1']);
    await follow();
    await createTask(server, 't2');
    await until(() => shown.tasks.length === 2, 'both tasks');
    expect([shown, room.joined]).toEqual([{ tasks: ['t1', 't2'], loads: 1 }, true]);
  });

  it('in a room that is joined already starts over from what was loaded', async () => {
    const server = await realtime(projectsHost);
    const { shown, room, follow } = board(server);
    await createTask(server, 't1');
    await room.join();
    await createTask(server, 't2');
    await until(() => shown.tasks.length === 1, 'the task');
    await follow();
    await createTask(server, 't3');
    await until(() => shown.tasks.length === 3, 'three tasks');
    expect(shown).toEqual({ tasks: ['t1', 't2', 't3'], loads: 1 });
  });

  it('fails with what the first load failed with, and tries later ones again', async () => {
    const server = await realtime({ ...projectsHost, history: { maxPublications: 1 } });
    const proxy = await HostileProxy.to(server.port);
    const client = sdk(proxy, 'alice');
    const room = client.room('project:42');
    await expect(
      room.follow(
        () => snapshot(getProject(server, 'broken')),
        () => undefined,
      ),
    ).rejects.toMatchObject({
      code: 'no_position',
      message: 'The state could not be loaded: HTTP 404.',
    });
    expect(room.joined).toBe(false);

    let loads = 0;
    const shown: unknown[] = [];
    const load = () => {
      if (++loads === 2) throw new Error('the database is away');
      return snapshot(getProject(server, '42/tasks'));
    };
    await room.follow(
      async () => load(),
      (tasks) => shown.push(tasks),
    );
    const error = signal(room, 'error');
    proxy.refuse();
    proxy.drop();
    await signal(client, 'reconnecting');
    for (const id of ['t1', 't2']) await createTask(server, id);
    proxy.heal();
    expect(await error).toEqual(new Error('the database is away'));
    await until(() => shown.length === 2, 'the third load');
    expect(shown).toEqual([[], ['t1', 't2']]);
  });

  it('says what may be wrong when the response has no position', async () => {
    const server = await realtime(projectsHost);
    await expect(snapshot(getProject(server, 'of-query?room=no%20room'))).rejects.toThrow(/@RealtimeSnapshot.*CORS/);
  });
});
