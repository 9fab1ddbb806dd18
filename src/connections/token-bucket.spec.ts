import { TokenBucket } from './token-bucket';

describe('TokenBucket', () => {
  const start = Date.now() + 1000;

  it('lets a burst pass, and then as much as it is refilled with', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 });
    const spent = Array.from({ length: 5 }, () => bucket.spend(1, start));
    expect(spent).toEqual([true, true, true, false, false]);
    expect(bucket.spend(1, start + 99)).toBe(false);
    expect(bucket.spend(1, start + 100)).toBe(true);
    expect(bucket.spend(1, start + 100)).toBe(false);
    expect([bucket.spend(1, start + 350), bucket.spend(1, start + 350), bucket.spend(1, start + 350)]).toEqual([
      ...[true, true],
      false,
    ]);
  });

  it('is never fuller than its burst', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 2 });
    const later = start + 3_600_000;
    expect([1, 2, 3].map(() => bucket.spend(1, later))).toEqual([true, true, false]);
  });

  it('says how long to wait: then, and not before, it can be spent', () => {
    const bucket = new TokenBucket({ perSecond: 4, burst: 10 });
    expect(bucket.spend(9, start)).toBe(true);
    expect(bucket.spend(5, start)).toBe(false);
    const wait = bucket.waitFor(5);
    expect(wait).toBe(1000);
    expect(bucket.spend(5, start + wait - 1)).toBe(false);
    expect(bucket.spend(5, start + wait)).toBe(true);
  });

  it('spends nothing when it has not enough', () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 5 });
    expect(bucket.spend(4, start)).toBe(true);
    expect(bucket.spend(2, start)).toBe(false);
    expect(bucket.spend(1, start)).toBe(true);
  });

  it('gives all it has for what costs more than its burst', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 5 });
    expect(bucket.spend(50, start)).toBe(true);
    expect(bucket.spend(1, start)).toBe(false);
    expect(bucket.waitFor(50)).toBe(500);
    expect(bucket.spend(50, start + 499)).toBe(false);
    expect(bucket.spend(50, start + 500)).toBe(true);
  });

  it('gives nothing for a clock that was set back', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 1 });
    expect(bucket.spend(1, start)).toBe(true);
    expect(bucket.spend(1, start - 60_000)).toBe(false);
    expect(bucket.spend(1, start - 59_900)).toBe(true);
  });
});
