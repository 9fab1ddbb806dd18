import { realtime, stopAll } from '../support/realtime';
import { closeClients, sdk } from '../support/sdk';
import { until } from '../support/until';

afterEach(async () => {
  await closeClients();
  await stopAll();
});

async function project() {
  const server = await realtime();
  const client = sdk(server, 'alice');
  const room = client.room('project:42');
  await room.join();
  const create = (...ids: string[]) =>
    Promise.all(ids.map((id) => server.events.emit('task.created', { id }, { room: 'project:42' })));
  return { server, client, room, create };
}

describe('a loop over events', () => {
  it('reads them in order, those that came before it looked too, until it ends', async () => {
    const { room, create } = await project();
    const events = room.events('task.created');
    await create('t1', 't2');
    await until(() => room.position?.offset === 2, 'two events');
    const seen: string[] = [];
    for await (const { id } of events) {
      seen.push(id);
      if (id === 't2') void create('t3', 't4');
      if (id === 't3') break;
    }
    expect(seen).toEqual(['t1', 't2', 't3']);
    expect(await events.next()).toEqual({ value: undefined, done: true });
  });

  it('ends when the room is left, and when the client is closed', async () => {
    const { client, room } = await project();
    const first = room.events('task.created').next();
    await room.leave();
    expect(await first).toEqual({ value: undefined, done: true });
    await room.join();
    const second = room.events('task.created').next();
    await client.close();
    expect(await second).toEqual({ value: undefined, done: true });
  });

  it('fails when the server takes the client out', async () => {
    const { server, room } = await project();
    const next = room.events('task.created').next();
    const failed = expect(next).rejects.toMatchObject({ code: 'banned' });
    await server.rooms.removeUser('project:42', 'alice', { code: 'banned' });
    await failed;
  });

  it('fails, after what it could keep, when it reads too slowly', async () => {
    const { room, create } = await project();
    const events = room.events('task.created', { buffer: 2 });
    await create('t1', 't2', 't3');
    await until(() => room.position?.offset === 3, 'three events');
    expect(await events.next()).toEqual({ value: { id: 't1' }, done: false });
    expect(await events.next()).toEqual({ value: { id: 't2' }, done: false });
    await expect(events.next()).rejects.toMatchObject({ code: 'overflow' });
    expect(await events.next()).toEqual({ value: undefined, done: true });
  });
});
