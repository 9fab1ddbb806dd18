import { uniqueId } from './unique-id';

describe('a unique id', () => {
  it('has 21 characters that a message_id may have, or as many as asked for', () => {
    for (let i = 0; i < 1_000; i++) expect(uniqueId()).toMatch(/^[A-Za-z0-9_-]{21}$/);
    expect(uniqueId(6)).toHaveLength(6);
  });

  it('is drawn once', () => {
    expect(new Set(Array.from({ length: 100_000 }, () => uniqueId())).size).toBe(100_000);
  });

  it('uses every character about as often as any other', () => {
    const counts = new Map<string, number>();
    for (const character of Array.from({ length: 10_000 }, () => uniqueId(64)).join('')) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect(counts.size).toBe(64);
    // 10,000 expected of each, with a standard deviation of 99.
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(700);
  });
});
