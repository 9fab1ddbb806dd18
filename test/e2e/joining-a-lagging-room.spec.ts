import { stopAll } from '../support/realtime';
import { events, lagging } from '../support/lagging-room';

afterEach(stopAll);

describe('joining while the backplane takes its time', () => {
  it('loses nothing that is delivered between the subscription and the reply', async () => {
    const { backplane, connect, emit } = await lagging();
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    const { epoch } = await bob.join('project:1');
    await emit(1);
    backplane.hold('answers');
    const reply = alice.request('join_room', { room: 'project:1', since: { epoch, offset: 0 } });
    while (!backplane.waiting('answers')) await bob.settled();
    const later = [emit(2), emit(3)];
    await bob.next('task.created');
    backplane.release();
    await Promise.all(later);
    expect(await reply).toMatchObject({ type: 'room_joined', data: { offset: 1, recovered: true, replayed: 1 } });
    await alice.settled();
    expect(events(alice)).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('repeats nothing when the replay is ahead of the deliveries', async () => {
    const { backplane, connect, emit, rooms } = await lagging();
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    const { epoch } = await bob.join('project:1');
    backplane.hold('deliveries');
    await emit(1);
    await emit(2);
    const joined = await alice.join('project:1', { epoch, offset: 0 });
    expect(joined).toMatchObject({ offset: 2, recovered: true, replayed: 2 });
    // A member in every respect, though the deliveries are not there yet.
    expect(await rooms.isMember('project:1', 'alice')).toBe(true);
    expect((await rooms.count({ room: 'project:1' })).connections).toBe(2);
    expect((await alice.request('chat', { room: 'project:1', text: 'hi' })).type).toBe('ack');
    backplane.release();
    await emit(4);
    await alice.settled();
    expect(events(alice)).toEqual([
      [1, 1],
      [2, 2],
      [4, 4],
    ]);
    expect((await alice.next('chat')).offset).toBe(3);
    await bob.settled();
    expect(events(bob)).toEqual(events(alice));
  });

  it('can leave, and be evicted, before the deliveries have come to where the replay ended', async () => {
    const { backplane, connect, emit, rooms } = await lagging();
    const [alice, bob, carol] = [await connect('alice'), await connect('bob'), await connect('carol')];
    const { epoch } = await carol.join('project:1');
    backplane.hold('deliveries');
    await emit(1);
    await alice.join('project:1', { epoch, offset: 0 });
    await bob.join('project:1', { epoch, offset: 0 });
    expect((await alice.request('leave_room', { room: 'project:1' })).type).toBe('room_left');
    expect((await rooms.removeUser('project:1', 'bob')).connections).toBe(1);
    backplane.release();
    await emit(2);
    await carol.settled();
    await bob.next('room_left');
    for (const client of [alice, bob]) {
      await client.settled();
      expect(events(client)).toEqual([[1, 1]]);
    }
    expect(events(carol)).toHaveLength(2);
  });

  it('closes a client that would have to wait for more than its outbox takes', async () => {
    const { backplane, connect, emit } = await lagging({ outbox: { maxFrames: 5 } });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    const { epoch } = await bob.join('project:1');
    backplane.hold('answers');
    alice.send('join_room', { room: 'project:1', since: { epoch, offset: 0 } });
    while (!backplane.waiting('answers')) await bob.settled();
    for (let n = 1; n <= 6; n++) void emit(n);
    expect(await alice.closed).toMatchObject({ code: 4008 });
    backplane.release();
    for (let n = 1; n <= 6; n++) await bob.next('task.created');
  });

  it('says that the stream was renewed, and goes on from there', async () => {
    const { backplane, connect, emit } = await lagging();
    const alice = await connect('alice');
    const { epoch } = await alice.join('project:1');
    await emit(1);
    backplane.loseStreams();
    await emit(2);
    await emit(3);
    const reset = await alice.next('room_reset');
    expect(reset.data).toEqual({
      room: 'project:1',
      epoch: expect.not.stringMatching(new RegExp(`^${epoch}$`)) as string,
      offset: 0,
    });
    await alice.settled();
    expect(alice.frames.map(({ type }) => type).slice(-5)).toEqual([
      'task.created',
      'room_reset',
      'task.created',
      'task.created',
      'pong',
    ]);
    expect(events(alice)).toEqual([
      [1, 1],
      [1, 2],
      [2, 3],
    ]);
    alice.drop();
    const again = await connect('alice');
    expect(await again.join('project:1', { epoch, offset: 1 })).toMatchObject({ recovered: false });
    expect(await again.join('project:1', { epoch: reset.data.epoch, offset: 1 })).toMatchObject({ replayed: 1 });
  });
});

describe('a backplane that loses deliveries', () => {
  it('leaves no hole unsaid: the client is told to load its state anew', async () => {
    const { backplane, connect, emit } = await lagging();
    const alice = await connect('alice');
    const { epoch } = await alice.join('project:1');
    await emit(1);
    backplane.hold('deliveries');
    await emit(2);
    await emit(3);
    backplane.loseDeliveries();
    backplane.release();
    await emit(4);
    expect((await alice.next('room_reset')).data).toEqual({ room: 'project:1', epoch, offset: 3 });
    await emit(5);
    await alice.settled();
    expect(events(alice)).toEqual([
      [1, 1],
      [4, 4],
      [5, 5],
    ]);
    expect(await alice.join('project:1', { epoch, offset: 1 })).toMatchObject({ recovered: true, replayed: 4 });
  });
});
