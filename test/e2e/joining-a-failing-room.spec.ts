import { stopAll } from '../support/realtime';
import { events, lagging } from '../support/lagging-room';

afterEach(stopAll);

describe('joining when the handler is given up', () => {
  const impatient = { inbox: { handlerTimeoutMs: 250 } };

  it('goes on as a member when joining again failed, without a hole or a repeat', async () => {
    const { backplane, connect, emit } = await lagging(impatient);
    const alice = await connect('alice');
    const { epoch } = await alice.join('project:1');
    await emit(1);
    backplane.hold('answers');
    const refused = alice.refusal('join_room', { room: 'project:1', since: { epoch, offset: 0 } });
    expect((await refused).code).toBe('processing_error');
    const late = emit(2);
    await alice.settled();
    expect(events(alice)).toEqual([[1, 1]]);
    backplane.release();
    await late;
    await emit(3);
    await alice.settled();
    expect(events(alice)).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('lets the next join take over from the one given up', async () => {
    const { backplane, connect, emit, rooms } = await lagging(impatient);
    const alice = await connect('alice');
    const { epoch } = await alice.join('project:1');
    await emit(1);
    backplane.hold('answers');
    const since = { epoch, offset: 1 };
    expect((await alice.refusal('join_room', { room: 'project:1', since })).code).toBe('processing_error');
    void emit(2);
    const second = alice.request('join_room', { room: 'project:1', since });
    while (backplane.waiting('answers') < 3) await new Promise(setImmediate);
    void emit(3);
    backplane.release();
    expect(await second).toMatchObject({ type: 'room_joined', data: { recovered: true, replayed: 1, offset: 2 } });
    await emit(4);
    await alice.settled();
    expect(events(alice)).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    expect((await rooms.count({ room: 'project:1' })).connections).toBe(1);
  });

  it('goes on as a member when the join that took over failed too', async () => {
    const { backplane, connect, emit } = await lagging(impatient);
    const alice = await connect('alice');
    const { epoch } = await alice.join('project:1');
    await emit(1);
    backplane.hold('answers');
    const again = { room: 'project:1', since: { epoch, offset: 0 } };
    expect((await alice.refusal('join_room', again)).code).toBe('processing_error');
    void emit(2);
    backplane.failNext('read');
    const second = alice.refusal('join_room', again);
    while (backplane.waiting('answers') < 3) await new Promise(setImmediate);
    void emit(3);
    backplane.release();
    expect((await second).code).toBe('unavailable');
    await emit(4);
    await alice.settled();
    expect(events(alice)).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
  });

  it('does not forget how far a replay went when joining again failed', async () => {
    const { backplane, connect, emit } = await lagging();
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    const { epoch } = await bob.join('project:1');
    backplane.hold('deliveries');
    await emit(1);
    await alice.join('project:1', { epoch, offset: 0 });
    backplane.failNext('read');
    const again = { room: 'project:1', since: { epoch, offset: 0 } };
    expect((await alice.refusal('join_room', again)).code).toBe('unavailable');
    backplane.release();
    await emit(2);
    await alice.settled();
    expect(events(alice)).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it('is no member after a first join that was given up, however it ends', async () => {
    const { backplane, connect, emit, rooms } = await lagging(impatient);
    const alice = await connect('alice');
    backplane.hold('answers');
    expect((await alice.refusal('join_room', { room: 'project:1' })).code).toBe('processing_error');
    backplane.release();
    await emit(1);
    await alice.settled();
    expect(events(alice)).toEqual([]);
    expect((await rooms.count({ room: 'project:1' })).connections).toBe(0);
    expect((await alice.refusal('chat', { room: 'project:1', text: 'hi' })).code).toBe('not_member');
    await alice.join('project:1');
    expect((await rooms.count({ room: 'project:1' })).connections).toBe(1);
  });
});

describe('a backplane that fails', () => {
  it.each(['subscribe', 'read'] as const)(
    'answers unavailable when %s fails, and the next join works',
    async (call) => {
      const { backplane, connect, rooms } = await lagging();
      const alice = await connect('alice');
      const room = { room: 'project:1', since: { epoch: 'e', offset: 1 } };
      backplane.failNext(call);
      expect(await alice.refusal('join_room', room)).toMatchObject({ code: 'unavailable', retryable: true });
      expect((await rooms.count({ room: 'project:1' })).connections).toBe(0);
      expect((await alice.request<'status'>('status')).data.rooms).toEqual([]);
      await alice.join('project:1');
      expect((await rooms.count({ room: 'project:1' })).connections).toBe(1);
    },
  );

  it('leaves a member what it was when joining again fails', async () => {
    const { backplane, connect, emit } = await lagging();
    const alice = await connect('alice');
    const { epoch } = await alice.join('project:1');
    backplane.failNext('read');
    const error = await alice.refusal('join_room', { room: 'project:1', since: { epoch, offset: 0 } });
    expect(error.code).toBe('unavailable');
    await emit(1);
    await alice.settled();
    expect(events(alice)).toEqual([[1, 1]]);
  });

  it('answers unavailable for what is published, and tells the emitter', async () => {
    const { backplane, connect, emit } = await lagging();
    const alice = await connect('alice');
    await alice.join('project:1');
    backplane.failNext('publish');
    expect((await alice.refusal('chat', { room: 'project:1', text: 'hi' })).code).toBe('unavailable');
    backplane.failNext('publish');
    await expect(emit(1)).rejects.toMatchObject({ code: 'unavailable' });
    backplane.failNext('page');
    expect((await alice.refusal('history', { room: 'project:1' })).code).toBe('unavailable');
    expect(await emit(2)).toMatchObject({ offset: 1 });
  });

  it('goes unnoticed when only the last leave could not be passed on', async () => {
    const { backplane, connect, emit, log } = await lagging();
    const alice = await connect('alice');
    await alice.join('project:1');
    backplane.failNext('unsubscribe');
    expect((await alice.request('leave_room', { room: 'project:1' })).type).toBe('room_left');
    await emit(1);
    await alice.settled();
    expect(events(alice)).toEqual([]);
    expect(log.of('warn').join()).toContain('project:1 could not be unsubscribed');
    await alice.join('project:1');
    await emit(2);
    await alice.settled();
    expect(events(alice)).toEqual([[2, 2]]);
  });
});
