import { MemoryBackplane } from '../../src';
import { realtime, RealtimeTestOptions, stopAll } from '../support/realtime';

afterEach(stopAll);

/** A room into which `count` publications went while alice, who joined before them, was away. */
async function away(count: number, options: RealtimeTestOptions = {}, room = 'project:1') {
  const started = await realtime(options);
  const emit = (n: number) => started.events.emit('task.created', { n }, { room });
  const before = await started.connect('alice');
  const { epoch } = await before.join(room);
  before.drop();
  await before.closed;
  for (let n = 1; n <= count; n++) await emit(n);
  const alice = await started.connect('alice');
  const resume = (offset: number, of = epoch) => alice.join(room, { epoch: of, offset });
  const replayed = async () => {
    await alice.settled();
    return alice.unread.splice(0).map(({ offset }) => offset);
  };
  return { ...started, alice, epoch, emit, resume, replayed };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('joining with since', () => {
  it('is recovered at the end of the stream too, with nothing replayed', async () => {
    const { resume, replayed, epoch } = await away(3);
    expect(await resume(3)).toEqual({ room: 'project:1', epoch, offset: 3, recovered: true, replayed: 0 });
    expect(await replayed()).toEqual([]);
  });

  it.each([
    ['from the future', 4, undefined],
    ['of another epoch', 3, 'another-one'],
    ['of another epoch, before everything', 0, 'another-one'],
  ])('is not recovered from an offset %s, and says from where it follows', async (_, offset, of) => {
    const { resume, replayed, emit, epoch } = await away(3);
    expect(await resume(offset, of)).toEqual({ room: 'project:1', epoch, offset: 3, recovered: false, replayed: 0 });
    await emit(4);
    expect(await replayed()).toEqual([4]);
  });

  it('replays the last 1000 publications, and not one less than was missed', async () => {
    const { resume, replayed, emit } = await away(1001);
    expect(await resume(0)).toMatchObject({ offset: 1001, recovered: false, replayed: 0 });
    expect(await resume(1)).toMatchObject({ offset: 1001, recovered: true, replayed: 1000 });
    await emit(1002);
    expect(await replayed()).toEqual(range(2, 1002));
  });

  it('replays as many as the kind of the room keeps', async () => {
    const kinds = { project: { history: { maxPublications: 2 } } };
    const { resume, replayed } = await away(5, { roomKinds: kinds });
    expect(await resume(2)).toMatchObject({ recovered: false });
    expect(await resume(3)).toMatchObject({ recovered: true, replayed: 2 });
    expect(await replayed()).toEqual([4, 5]);
  });

  it('replays nothing that is older than the room keeps it', async () => {
    const { resume, emit, replayed } = await away(2, { roomKinds: { project: { history: { maxAgeMs: 50 } } } });
    const emitted = Date.now();
    while (Date.now() <= emitted + 50) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await resume(1)).toMatchObject({ offset: 2, recovered: false });
    expect(await resume(2)).toMatchObject({ offset: 2, recovered: true });
    await emit(3);
    expect(await replayed()).toEqual([3]);
  });

  it('is never recovered in a room without history, whose publications have no offset', async () => {
    const { resume, emit, replayed } = await away(2, { history: { maxPublications: 0 } });
    expect(await resume(0)).toMatchObject({ offset: 0, recovered: false, replayed: 0 });
    await emit(3);
    expect(await replayed()).toEqual([undefined]);
  });

  it('is not recovered when the stream was forgotten meanwhile', async () => {
    const { resume, events, epoch } = await away(2, { history: { maxTotalBytes: 10_000 } });
    expect(await resume(0)).toMatchObject({ recovered: true });
    const alone = await away(2, { history: { maxTotalBytes: 10_000 } });
    await alone.events.emit('task.created', { x: 'x'.repeat(9_000) }, { room: 'elsewhere' });
    await alone.events.emit('task.created', { x: 'x'.repeat(9_000) }, { room: 'elsewhere' });
    const anew = await alone.resume(2);
    expect(anew).toMatchObject({ offset: 0, recovered: false, replayed: 0 });
    expect(anew.epoch).not.toBe(alone.epoch);
    expect(await events.emit('task.created', {}, { room: 'project:1' })).toEqual({ epoch, offset: 3 });
  });

  it('replays again, and goes on, when a member starts over', async () => {
    const { resume, emit, replayed, alice } = await away(3);
    await resume(3);
    await emit(4);
    expect(await replayed()).toEqual([4]);
    expect(await resume(2)).toMatchObject({ offset: 4, recovered: true, replayed: 2 });
    await emit(5);
    expect(await replayed()).toEqual([3, 4, 5]);
    expect(await alice.join('project:1')).toMatchObject({ offset: 5, recovered: false, replayed: 0 });
    await emit(6);
    expect(await replayed()).toEqual([6]);
  });

  it('brings room_joined, then the replay, then what is live, whatever goes on meanwhile', async () => {
    const { alice, epoch, emit } = await away(50);
    const emitted: Promise<unknown>[] = [];
    for (let n = 51; n <= 80; n++) {
      emitted.push(emit(n));
      if (n === 65) alice.send('join_room', { room: 'project:1', since: { epoch, offset: 10 } }, 'j-1');
      await new Promise(setImmediate);
    }
    await Promise.all(emitted);
    const joined = await alice.next('room_joined');
    await alice.settled();
    const got = alice.unread.map(({ offset }) => offset);
    expect(alice.frames[1].type).toBe('room_joined');
    expect(joined.data.offset - joined.data.replayed).toBe(10);
    expect(got).toEqual(range(11, 80));
  });

  it('finds the stream of a room that everybody has left', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    const { epoch } = await alice.join('project:1');
    await events.emit('task.created', { n: 1 }, { room: 'project:1' });
    await alice.request('leave_room', { room: 'project:1' });
    await events.emit('task.created', { n: 2 }, { room: 'project:1' });
    expect(await alice.join('project:1', { epoch, offset: 1 })).toMatchObject({ recovered: true, replayed: 1 });
  });

  it('comes back from a position in a room nobody had published into', async () => {
    const { resume, emit, replayed } = await away(0);
    await emit(1);
    expect(await resume(0)).toMatchObject({ offset: 1, recovered: true, replayed: 1 });
    expect(await replayed()).toEqual([1]);
  });
});

describe('the memory of all streams', () => {
  it('is bounded by the option, over any number of rooms', async () => {
    const backplane = new MemoryBackplane();
    const { events, connect } = await realtime({ backplane, history: { maxTotalBytes: 200_000 } });
    const alice = await connect('alice');
    const { epoch } = await alice.join('project:1');
    for (let n = 1; n <= 2_000; n++) {
      const rooms = n % 10 ? [`other:${n}`] : [`other:${n}`, 'project:1'];
      await events.emit('task.created', { text: 'x'.repeat(n) }, { rooms });
      if (backplane.bytes > 200_000) throw new Error(`${backplane.bytes} bytes after ${n}`);
    }
    await alice.settled();
    expect(alice.unread.map(({ offset }) => offset)).toEqual(range(1, 200));
    expect(await alice.join('project:1', { epoch, offset: 200 })).toMatchObject({ recovered: true });
    expect(await alice.join('project:1', { epoch, offset: 0 })).toMatchObject({ offset: 200, recovered: false });
  });
});
