import type { ReplyStore, StoredReply } from '../../src';

const reply = (n: number): StoredReply => ({ type: 'ack', data: { n } });

/** What every place for replies must do. `make` gives an empty one that keeps replies for `windowMs`. */
export function describeReplyStore(name: string, make: (windowMs: number) => ReplyStore): void {
  describe(`${name} as a reply store`, () => {
    const claim = async (store: ReplyStore, key: string) => store.claim(key);

    it('hands a key to the first who claims it, and the reply to the others', async () => {
      const store = make(60_000);
      expect(await claim(store, 'a')).toBeUndefined();
      store.keep('a', reply(1));
      expect(await claim(store, 'a')).toEqual(reply(1));
      expect(await claim(store, 'a')).toEqual(reply(1));
      expect(await claim(store, 'b')).toBeUndefined();
    });

    it('lets the others wait until the reply is there', async () => {
      const store = make(60_000);
      await claim(store, 'a');
      const settled: unknown[] = [];
      const waiting = [1, 2].map(() => claim(store, 'a').then((found) => settled.push(found)));
      expect(await claim(store, 'b')).toBeUndefined();
      expect(settled).toEqual([]);
      store.keep('a', reply(1));
      await Promise.all(waiting);
      expect(settled).toEqual([reply(1), reply(1)]);
    });

    it('hands a key that was given back to exactly one of those who wait, and then to the next', async () => {
      const store = make(60_000);
      await claim(store, 'a');
      const settled: unknown[] = [];
      const waiting = [1, 2, 3].map((n) => claim(store, 'a').then((found) => settled.push([n, found])));
      store.release('a');
      await waiting[0];
      expect(settled).toEqual([[1, undefined]]);
      store.release('a');
      await waiting[1];
      expect(settled).toEqual([
        [1, undefined],
        [2, undefined],
      ]);
      store.keep('a', reply(2));
      await waiting[2];
      expect(settled[2]).toEqual([3, reply(2)]);
    });

    it('hands a key that was given back to whoever claims it next', async () => {
      const store = make(60_000);
      await claim(store, 'a');
      store.release('a');
      expect(await claim(store, 'a')).toBeUndefined();
    });

    it('keeps a reply as it was', async () => {
      const store = make(60_000);
      await claim(store, 'a');
      const data = { n: 1, list: [1] };
      store.keep('a', { type: 'ack', data });
      data.list.push(2);
      expect(await claim(store, 'a')).toEqual({ type: 'ack', data: { n: 1, list: [1] } });
    });

    it('keeps nothing that is no JSON', async () => {
      const store = make(60_000);
      await claim(store, 'a');
      expect(() => store.keep('a', { type: 'ack', data: { n: 1n } })).toThrow(TypeError);
      store.release('a');
      expect(await claim(store, 'a')).toBeUndefined();
    });

    it('has the same id for a command however often it is executed, and another one for another command', async () => {
      const store = make(60_000);
      await claim(store, 'a');
      const id = await store.executionId('a');
      store.release('a');
      await claim(store, 'a');
      expect(await store.executionId('a')).toBe(id);
      await claim(store, 'b');
      expect(await store.executionId('b')).not.toBe(id);
      expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    });

    it('has another id for a command when the window is over', async () => {
      const store = make(20);
      await claim(store, 'a');
      const id = await store.executionId('a');
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await store.executionId('a')).not.toBe(id);
    });

    it('forgets a reply when the window is over', async () => {
      const store = make(20);
      await claim(store, 'a');
      store.keep('a', reply(1));
      expect(await claim(store, 'a')).toEqual(reply(1));
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await claim(store, 'a')).toBeUndefined();
    });

    it('passes a claim on that was not given back within the window', async () => {
      const store = make(20);
      await claim(store, 'a');
      const waiting = claim(store, 'a');
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await claim(store, 'b')).toBeUndefined();
      expect(await waiting).toBeUndefined();
      store.keep('a', reply(2));
      expect(await claim(store, 'a')).toEqual(reply(2));
    });
  });
}
