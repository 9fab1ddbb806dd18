import { firstOf } from './first-of';

const same = (key: string) => key;
const NAMES = Array.from({ length: 1000 }, (_, i) => `room:${(i * 7919) % 1000}`);

describe('the first of many, by their keys', () => {
  it('are in order, however they come', () => {
    const sorted = [...NAMES].sort();
    for (const limit of [1, 2, 7, 999, 1000, 5000]) {
      expect(firstOf(NAMES, same, { limit })).toEqual(sorted.slice(0, limit));
    }
  });

  it('go on behind the last of the page before, until there are no more', () => {
    const found: string[] = [];
    for (let page = firstOf(NAMES, same, { limit: 33 }); page.length;) {
      found.push(...page);
      page = firstOf(NAMES, same, { after: page.at(-1), limit: 33 });
    }
    expect(found).toEqual([...NAMES].sort());
  });

  it('are compared as all nodes do, not by the locale', () => {
    expect(firstOf(['a', 'B', 'ä', 'Z'], same, { limit: 9 })).toEqual(['B', 'Z', 'a', 'ä']);
  });
});
