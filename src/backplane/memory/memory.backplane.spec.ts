import { Delivery, Publication, StreamGap } from '../backplane';
import { MemoryBackplane } from './memory.backplane';

const ENTRY_BYTES = 200;
let ids = 0;

function bytes(length: number): Publication {
  return { id: `p${++ids}`, body: Buffer.alloc(length), delivery: 'reliable' };
}

function bounded(maxTotalBytes: number, maxPublications = 1000): MemoryBackplane {
  const backplane = new MemoryBackplane();
  backplane.configure({ limitsOf: () => ({ maxPublications, maxAgeMs: 60_000 }), maxTotalBytes });
  return backplane;
}

describe('the memory of all streams together', () => {
  it('is counted, trimmed ones given back', async () => {
    const backplane = bounded(1e6, 3);
    for (let i = 0; i < 10; i++) await backplane.publish('a', bytes(100));
    expect(backplane.bytes).toBe(3 * (100 + ENTRY_BYTES));
    await backplane.publish('b', bytes(50));
    expect(backplane.bytes).toBe(3 * (100 + ENTRY_BYTES) + 50 + ENTRY_BYTES);
  });

  it('is told of each room', async () => {
    const backplane = bounded(1e6, 3);
    for (let i = 0; i < 10; i++) await backplane.publish('a', bytes(100));
    expect(await backplane.kept('a')).toEqual({ publications: 3, bytes: 3 * (100 + ENTRY_BYTES) });
    expect(await backplane.kept('b')).toEqual({ publications: 0, bytes: 0 });
  });

  it('stays within its bound over any number of rooms', async () => {
    const backplane = bounded(100_000);
    let most = 0;
    for (let i = 0; i < 5_000; i++) {
      await backplane.publish(`room:${i}`, bytes(i % 2_000));
      most = Math.max(most, backplane.bytes);
    }
    expect(most).toBeLessThanOrEqual(100_000);
    expect(most).toBeGreaterThan(80_000);
  });

  it('forgets the room that was published into longest ago, and lets nobody resume in it', async () => {
    const backplane = bounded(10 * (800 + ENTRY_BYTES));
    const old = await backplane.publish('old', bytes(800));
    const used = await backplane.publish('used', bytes(800));
    for (let i = 0; i < 7; i++) await backplane.publish(`room:${i}`, bytes(800));
    await backplane.publish('used', bytes(800));
    await backplane.publish('one too many', bytes(800));

    await expect(backplane.read('old', { ...old, offset: 0 })).rejects.toThrow(StreamGap);
    await expect(backplane.read('old', old)).rejects.toThrow(StreamGap);
    expect(await backplane.read('used', used)).toHaveLength(1);
    const anew = await backplane.publish('old', bytes(1));
    expect(anew.offset).toBe(1);
    expect(anew.epoch).not.toBe(old.epoch);
  });

  it('takes older publications of rooms somebody listens to, never their epoch', async () => {
    const backplane = bounded(10 * (800 + ENTRY_BYTES));
    const deliveries: Delivery[] = [];
    backplane.deliveries.subscribe((delivery) => deliveries.push(delivery));
    const { epoch } = await backplane.subscribe('a');
    await backplane.subscribe('b');
    for (let i = 0; i < 9; i++) await backplane.publish('a', bytes(800));
    for (let i = 0; i < 50; i++) await backplane.publish('b', bytes(800));
    expect(backplane.bytes).toBeLessThanOrEqual(10 * (800 + ENTRY_BYTES));

    await expect(backplane.read('a', { epoch, offset: 0 })).rejects.toThrow(StreamGap);
    expect(await backplane.read('a', { epoch, offset: 9 })).toEqual([]);
    expect(await backplane.publish('a', bytes(1))).toEqual({ epoch, offset: 10 });
    expect(deliveries.filter(({ room }) => room === 'b').map(({ offset }) => offset)).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
  });

  it('holds no publication that is larger than all of it', async () => {
    const backplane = bounded(1_000);
    const { epoch } = await backplane.subscribe('a');
    await backplane.publish('a', bytes(5_000));
    expect(backplane.bytes).toBe(0);
    await expect(backplane.read('a', { epoch, offset: 0 })).rejects.toThrow(StreamGap);
    expect(await backplane.publish('a', bytes(1))).toEqual({ epoch, offset: 2 });
  });
});

describe('the epoch of a room', () => {
  it('is another one after the room was forgotten, also when it never had a stream', async () => {
    const backplane = bounded(2_000);
    const told = await backplane.subscribe('quiet');
    await backplane.unsubscribe('quiet');
    await backplane.publish('a', bytes(1_500));
    await backplane.publish('b', bytes(1_500));
    const anew = await backplane.subscribe('quiet');
    expect(anew).toEqual({ epoch: expect.not.stringMatching(told.epoch) as string, offset: 0 });
  });

  it('stays what its subscribers were told, whatever becomes of other rooms', async () => {
    const backplane = bounded(2_000);
    const { epoch } = await backplane.subscribe('quiet');
    await backplane.publish('a', bytes(1_500));
    await backplane.publish('b', bytes(1_500));
    expect(await backplane.subscribe('quiet')).toEqual({ epoch, offset: 0 });
    expect(await backplane.publish('quiet', bytes(1))).toEqual({ epoch, offset: 1 });
  });
});
