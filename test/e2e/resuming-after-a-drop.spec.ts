import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

describe('resuming after a drop', () => {
  it('brings exactly what was missed, in order, and goes on live', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    const { epoch } = await alice.join('project:1');
    await events.emit('task.created', { n: 1 }, { room: 'project:1' });
    const first = await alice.next('task.created');
    expect(first).toMatchObject({ room: 'project:1', offset: 1, data: { n: 1 } });

    alice.drop();
    await alice.closed;
    await events.emit('task.created', { n: 2 }, { room: 'project:1' });
    await events.emit('task.created', { n: 3 }, { room: 'project:1' });

    const again = await connect('alice');
    const joined = await again.join('project:1', { epoch, offset: 1 });
    expect(joined).toEqual({ room: 'project:1', epoch, offset: 3, recovered: true, replayed: 2 });
    await events.emit('task.created', { n: 4 }, { room: 'project:1' });
    const got = [await again.next('task.created'), await again.next('task.created'), await again.next('task.created')];
    expect(got.map(({ offset, data }) => [offset, data.n])).toEqual([
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    await again.settled();
    expect(again.unread).toEqual([]);
  });
});
