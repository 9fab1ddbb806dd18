import { KeyedMutex } from './keyed-mutex';

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('turns', () => {
  it('are taken one at a time, in the order they were asked for', async () => {
    const turns = new KeyedMutex(1000);
    const seen: string[] = [];
    const work = (n: number) => async () => {
      seen.push(`begin ${n}`);
      await new Promise(setImmediate);
      seen.push(`end ${n}`);
    };
    await Promise.all(range(3).map((n) => turns.run('alice', work(n))));
    expect(seen).toEqual(range(3).flatMap((n) => [`begin ${n}`, `end ${n}`]));
  });

  it.each([1, 20, 200])('are left for another user while %i users ask for more than they get', async (users) => {
    const turns = new KeyedMutex(1000);
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const busy = range(users).flatMap((user) =>
      range(users > 20 ? 300 : 1500).map(() => turns.run(`mallory ${user}`, () => gate)),
    );
    const outcomes = Promise.allSettled(busy);
    const quiet = turns.run('alice', async () => 'done');
    expect(await quiet).toBe('done');
    open();
    const refused = (await outcomes).filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(busy.length - 1000 - users);
    expect(refused[0]).toMatchObject({ reason: { code: 'unavailable' } });
    expect(await turns.run('mallory 0', async () => 'again')).toBe('again');
  });

  it('are given to the next one when work fails', async () => {
    const turns = new KeyedMutex(1000);
    const failed = turns.run('alice', () => Promise.reject(new Error('no')));
    const next = turns.run('alice', async () => 'done');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('done');
  });
});
