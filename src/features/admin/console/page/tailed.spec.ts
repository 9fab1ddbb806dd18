import type { Publication, Publications } from './answers';
import { follow, NOTHING, precede, Tailed } from './tailed';

function said(offset: number): Publication {
  return { type: 'chat', data: {}, message_id: `m-${offset}`, offset, timestamp: '', bytes: 10 };
}

function page(from: number, to: number, more: Partial<Publications> = {}): Publications {
  const publications = Array.from({ length: to - from + 1 }, (_, at) => said(from + at));
  return { epoch: 'e', offset: to, history: true, publications, has_more: from > 1, ...more };
}

function offsets({ entries }: Tailed): (number | string)[] {
  return entries.map((entry) => ('type' in entry ? entry.offset : entry.skipped));
}

describe('the tail of a room', () => {
  it('has what is said, each once, the newest first', () => {
    const first = follow(NOTHING, page(3, 4));
    expect(offsets(first)).toEqual([4, 3]);
    expect(follow(first, page(5, 4))).toBe(first);
    const second = follow(first, page(4, 6));
    expect(offsets(second)).toEqual([6, 5, 4, 3]);
    expect(follow(second, page(4, 6))).toBe(second);
  });

  it('says what it does not show', () => {
    const known = follow(NOTHING, page(1, 2));
    expect(offsets(follow(known, page(9, 9)))).toEqual([9, '6 publications not shown: too many at once.', 2, 1]);
    expect(offsets(follow(known, page(1, 1, { epoch: 'another' })))).toEqual([1, 'The stream was begun anew.', 2, 1]);
  });

  it('goes back as far as the stream does', () => {
    const known = follow(NOTHING, page(3, 4));
    expect(known.hasMore).toBe(true);
    const older = precede(known, page(1, 2, { offset: 4 }));
    expect([offsets(older), older.hasMore]).toEqual([[4, 3, 2, 1], false]);
    expect(precede(known, page(1, 2, { epoch: 'another' }))).toBe(known);
  });

  it('keeps the last 500', () => {
    const known = follow(NOTHING, page(1, 490));
    const longer = follow(known, page(491, 520));
    expect([longer.entries.length, longer.entries[0].offset, longer.hasMore]).toEqual([500, 520, true]);
  });
});
