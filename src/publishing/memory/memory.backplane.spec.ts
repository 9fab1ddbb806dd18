import { Delivery, Publication, StreamGap } from '../backplane';
import { MemoryBackplane } from './memory.backplane';
import { ENTRY_BYTES, STREAM_BYTES } from './stream';

let ids = 0;

function bytes(length: number, publisher?: string): Publication {
  return { id: `p${++ids}`.padEnd(8), body: Buffer.alloc(length), delivery: 'reliable', publisher, once: true };
}

/** What a publication of this size takes. */
const cost = (length: number): number => length + 8 + ENTRY_BYTES;

function bounded(maxTotalBytes: number, maxPublications = 1000, maxBytesPerUser?: number): MemoryBackplane {
  const backplane = new MemoryBackplane();
  const limitsOf = () => ({ maxPublications, maxAgeMs: 60_000 });
  backplane.configure({ limitsOf, maxTotalBytes, maxBytesPerUser });
  return backplane;
}

const countOf = async (backplane: MemoryBackplane, room: string) => (await backplane.kept(room)).publications;

describe('the memory of all streams together', () => {
  it('is counted, trimmed ones given back', async () => {
    const backplane = bounded(1e6, 3);
    for (let i = 0; i < 10; i++) await backplane.publish('a', bytes(100));
    expect(backplane.bytes).toBe(STREAM_BYTES + 3 * cost(100));
    await backplane.publish('b', bytes(50));
    expect(backplane.bytes).toBe(2 * STREAM_BYTES + 3 * cost(100) + cost(50));
  });

  it('is told of each room', async () => {
    const backplane = bounded(1e6, 3);
    for (let i = 0; i < 10; i++) await backplane.publish('a', bytes(100));
    expect(await backplane.kept('a')).toEqual({ publications: 3, bytes: 3 * cost(100) });
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
    const backplane = bounded(10 * (cost(800) + STREAM_BYTES) - 1);
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
    const backplane = bounded(10 * cost(800));
    const deliveries: Delivery[] = [];
    backplane.deliveries.subscribe((delivery) => deliveries.push(delivery));
    const { epoch } = await backplane.subscribe('a');
    await backplane.subscribe('b');
    for (let i = 0; i < 9; i++) await backplane.publish('a', bytes(800));
    for (let i = 0; i < 50; i++) await backplane.publish('b', bytes(800));
    expect(backplane.bytes).toBeLessThanOrEqual(10 * cost(800));

    await expect(backplane.read('a', { epoch, offset: 0 })).rejects.toThrow(StreamGap);
    expect(await backplane.read('a', { epoch, offset: 9 })).toEqual([]);
    expect(await backplane.publish('a', bytes(1))).toEqual({ epoch, offset: 10 });
    expect(deliveries.filter(({ room }) => room === 'b').map(({ offset }) => offset)).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
  });

  it('takes of the largest rooms, and nothing of a small one that somebody listens to', async () => {
    const backplane = bounded(100_000);
    for (const room of ['quiet', 'loud', 'louder']) await backplane.subscribe(room);
    for (let i = 0; i < 3; i++) await backplane.publish('quiet', bytes(800));
    for (let i = 0; i < 200; i++) await backplane.publish(i % 3 ? 'louder' : 'loud', bytes(800));
    expect(await countOf(backplane, 'quiet')).toBe(3);
    expect(backplane.bytes).toBeLessThanOrEqual(100_000);
  });

  it('holds no publication that is larger than all of it', async () => {
    const backplane = bounded(1_000);
    const { epoch } = await backplane.subscribe('a');
    await backplane.publish('a', bytes(5_000));
    expect(backplane.bytes).toBe(STREAM_BYTES);
    await expect(backplane.read('a', { epoch, offset: 0 })).rejects.toThrow(StreamGap);
    expect(await backplane.publish('a', bytes(1))).toEqual({ epoch, offset: 2 });
  });
});

describe('what one user published', () => {
  it('stays within its bound over any number of rooms, and nothing of others gives way to it', async () => {
    const backplane = bounded(1e6, 1000, 50_000);
    for (let i = 0; i < 3; i++) await backplane.publish('quiet', bytes(800, 'bob'));
    for (let i = 0; i < 2_000; i++) await backplane.publish(`room:${i}`, bytes(i % 900, 'mallory'));
    expect(backplane.bytes).toBeLessThanOrEqual(50_000 + STREAM_BYTES + 3 * cost(800));
    expect(await countOf(backplane, 'quiet')).toBe(3);
    expect(await countOf(backplane, 'room:1999')).toBe(1);
  });

  it('gives way where it holds most, when older ones of others lie below it everywhere', async () => {
    const backplane = bounded(1e6, 1000, 50_000);
    const rooms = ['a', 'b', 'c', 'd'];
    for (const room of rooms) await backplane.publish(room, bytes(100, 'bob'));
    await backplane.publish('d', bytes(100, 'mallory'));
    for (let i = 0; i < 300; i++) await backplane.publish(rooms[i % 3], bytes(800, 'mallory'));
    expect(await countOf(backplane, 'd')).toBe(2);
    expect(backplane.bytes).toBeLessThanOrEqual(60_000);
  });

  it('gives way first when all together is too much, however quiet the rooms of others are', async () => {
    const backplane = bounded(200_000);
    for (let i = 0; i < 20; i++) await backplane.publish(`quiet:${i}`, bytes(500, `user${i}`));
    for (const room of ['theirs', 'ours']) await backplane.subscribe(room);
    for (let i = 0; i < 20; i++) await backplane.publish('theirs', bytes(500));
    for (let i = 0; i < 3_000; i++) await backplane.publish(`room:${i % 700}`, bytes(800, `mallory${i % 2}`));
    expect(backplane.bytes).toBeLessThanOrEqual(200_000);
    for (let i = 0; i < 20; i++) expect(await countOf(backplane, `quiet:${i}`)).toBe(1);
    expect(await countOf(backplane, 'theirs')).toBe(20);
  });

  it('is whatever the streams hold of it: what a room trims is given back', async () => {
    const backplane = bounded(1e6, 10, 50_000);
    for (let i = 0; i < 500; i++) await backplane.publish('a', bytes(800, 'alice'));
    for (let i = 0; i < 20; i++) await backplane.publish('b', bytes(800, 'alice'));
    expect([await countOf(backplane, 'a'), await countOf(backplane, 'b')]).toEqual([10, 10]);
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
