import { MemoryReplyStore } from '../../src/gateway/idempotency/memory-reply-store';
import { describeReplyStore } from './reply-store';

const limits = { maxReplies: 100, maxBytes: 10_000 };

describeReplyStore('memory', (windowMs) => new MemoryReplyStore({ windowMs, ...limits }));

describe('the memory reply store', () => {
  const fill = (store: MemoryReplyStore, keys: string[], text = ''): void => {
    for (const key of keys) {
      void store.claim(key);
      store.keep(key, { type: 'ack', data: { text } });
    }
  };
  const kept = (store: MemoryReplyStore, keys: string[]): boolean[] =>
    keys.map((key) => {
      const found = store.claim(key);
      if (found === undefined) store.release(key);
      return found !== undefined;
    });

  it('forgets the least recently used when there are too many', () => {
    const store = new MemoryReplyStore({ ...limits, windowMs: 60_000, maxReplies: 2 });
    fill(store, ['a', 'b']);
    void store.claim('a');
    fill(store, ['c']);
    expect(kept(store, ['a', 'b', 'c'])).toEqual([true, false, true]);
  });

  it('forgets them when they are too big together, and does not keep one that is too big alone', () => {
    const store = new MemoryReplyStore({ ...limits, windowMs: 60_000, maxBytes: 12_000 });
    fill(store, ['a', 'b', 'c'], 'x'.repeat(5_000));
    expect(kept(store, ['a', 'b', 'c'])).toEqual([false, true, true]);
    fill(store, ['d'], 'x'.repeat(12_001));
    expect(kept(store, ['b', 'c', 'd'])).toEqual([true, true, false]);
  });
});
