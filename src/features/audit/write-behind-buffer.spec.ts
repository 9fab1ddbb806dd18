import { WriteBehindBuffer } from './write-behind-buffer';

const row = (type: string, address: string) => ({ at: 0, type, address, code: 'unauthorized', count: 1 });

function unwritten() {
  const dropped: number[] = [];
  const waiting = new WriteBehindBuffer((count) => dropped.push(count));
  const sum = () => dropped.reduce((all, count) => all + count, 0);
  return { waiting, dropped: sum };
}

describe('what the audit has not written yet', () => {
  it('comes out as it went in', () => {
    const { waiting } = unwritten();
    for (const type of ['a', 'b', 'c']) waiting.add(row(type, '1'));
    expect(waiting.take(2).map(({ type }) => type)).toEqual(['a', 'b']);
    expect(waiting.size).toBe(1);
  });

  it('is written again in its place when it could not be written', () => {
    const { waiting } = unwritten();
    for (const type of ['a', 'b', 'c']) waiting.add(row(type, '1'));
    waiting.putBack(waiting.take(2));
    expect(waiting.take(9).map(({ type }) => type)).toEqual(['a', 'b', 'c']);
  });

  it('holds refused logins that are alike as one, until that is being written', () => {
    const { waiting, dropped } = unwritten();
    for (let n = 0; n < 50_000; n++) waiting.add(row('auth_refused', n % 2 ? '1' : '2'));
    expect(waiting.take(9).map(({ address, count }) => [address, count])).toEqual([
      ['2', 25_000],
      ['1', 25_000],
    ]);
    waiting.add(row('auth_refused', '1'));
    expect(waiting.take(9)).toEqual([row('auth_refused', '1')]);
    expect(dropped()).toBe(0);
  });

  it('loses nothing else to refused logins from any number of addresses', () => {
    const { waiting, dropped } = unwritten();
    waiting.add(row('user_banned', '1'));
    for (let round = 0; round < 10; round++) {
      for (let n = 0; n < 5_000; n++) waiting.add(row('auth_refused', `${round}.${n}`));
      // The database is away.
      waiting.putBack(waiting.take(200));
    }
    expect([waiting.size, dropped()]).toEqual([1_001, 49_000]);
    const all = waiting.take(2_000);
    expect(all[0].type).toBe('user_banned');
    waiting.written(all);
    waiting.add(row('auth_refused', 'later'));
    expect(waiting.size).toBe(1);
  });

  it('keeps the newest where there is too much of all else', () => {
    const { waiting, dropped } = unwritten();
    for (let n = 0; n < 25_000; n++) waiting.add(row('joined', String(n)));
    waiting.dropOldest();
    expect([waiting.size, dropped()]).toEqual([10_000, 15_000]);
    expect(waiting.take(1)[0].address).toBe('15000');
  });
});
