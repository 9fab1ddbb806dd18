import { BoundedCache } from './bounded-cache';

const weigh = (text: string) => text.length;

describe('a BoundedCache', () => {
  it('forgets what was not used for the longest time when there are too many', () => {
    const cache = new BoundedCache<number>({ entries: 2 });
    cache.set('a', 1).set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    expect([...cache.entries()]).toEqual([
      ['c', 3],
      ['a', 1],
    ]);
  });

  it('counts an entry that is set again once', () => {
    const cache = new BoundedCache<number>({ entries: 2 });
    cache.set('a', 1).set('b', 2).set('a', 3);
    expect([...cache.entries()]).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
  });

  it('forgets what weighs too much together, and never takes what does alone', () => {
    const cache = new BoundedCache<string>({ entries: 3, weight: 10 }, { weigh });
    cache.set('a', 'xxxx').set('b', 'xxxx').set('c', 'xxxx');
    expect([...cache.keys()]).toEqual(['c', 'b']);
    expect(cache.set('d', 'x'.repeat(11)).get('d')).toBeUndefined();
    cache.set('e', 'x').set('f', 'x');
    expect([...cache.keys()]).toEqual(['f', 'e', 'c']);
  });

  it('forgets in time', () => {
    let now = 1;
    const cache = new BoundedCache<number>({ entries: 2 }, { ttl: 100, now: () => now });
    cache.set('a', 1);
    now += 100;
    expect(cache.get('a')).toBe(1);
    now += 1;
    expect(cache.get('a')).toBeUndefined();
  });

  it('takes no memory for what is not in it', () => {
    const before = process.memoryUsage();
    const caches = Array.from({ length: 20 }, () => new BoundedCache<number>({ entries: 1_000_000 }));
    const after = process.memoryUsage();
    const taken = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    expect(caches).toHaveLength(20);
    expect(taken).toBeLessThan(1024 * 1024);
  });
});
