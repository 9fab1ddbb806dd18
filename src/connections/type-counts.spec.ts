import { TypeCounts } from './type-counts';

describe('counts by type', () => {
  it('tell the known types apart, and lay the others together', () => {
    const counts = new TypeCounts(['pong', 'ack']);
    counts.add('pong', 3);
    counts.add('made.up');
    counts.add('__proto__', 2);
    expect([...counts.entries()]).toEqual([
      ['pong', 3],
      ['other', 3],
    ]);
  });

  it('learn a bounded number of types', () => {
    const counts = new TypeCounts(['pong']);
    for (let n = 0; n < 1000; n++) {
      counts.know(`event.${n}`);
      counts.add(`event.${n}`);
    }
    const entries = new Map(counts.entries());
    expect(entries.size).toBe(201);
    expect(entries.get('event.199')).toBe(1);
    expect(entries.get('other')).toBe(800);
  });
});
