import { Senders } from './senders';

const start = Date.now() + 1000;

describe('The budgets of those who say something in a room', () => {
  it('are one for each user, refilled at a steady rate', () => {
    const senders = new Senders({ perSecond: 100, burst: 1000 });
    expect([1, 2].map(() => senders.charge('alice', 500, 3, start))).toEqual([0, 0]);
    expect(senders.charge('alice', 500, 3, start)).toBe(5000);
    expect(senders.charge('bob', 500, 3, start)).toBe(0);
    expect(senders.charge('alice', 500, 3, start + 4900)).toBe(100);
    expect(senders.charge('alice', 500, 3, start + 5001)).toBe(0);
  });

  it('are charged a byte for each hundred connections, of more than that', () => {
    const senders = new Senders({ perSecond: 100, burst: 1000 });
    expect(senders.charge('alice', 100, 100, start)).toBe(0);
    expect(senders.charge('alice', 100, 900, start)).toBe(0);
    expect(senders.charge('alice', 1, 100, start)).toBe(10);
  });

  it('let pass what costs more than a full one, and owe the rest', () => {
    const senders = new Senders({ perSecond: 100, burst: 1000 });
    expect(senders.charge('alice', 100, 20_000, start)).toBe(0);
    expect(senders.charge('alice', 100, 20_000, start)).toBe(200_000);
    expect(senders.charge('alice', 100, 1, start)).toBe(191_000);
  });

  it('are forgotten once they are full again, and not before', () => {
    const senders = new Senders({ perSecond: 100, burst: 1000 });
    senders.charge('alice', 5000, 1, start);
    for (let n = 0; n < 10_000; n++) senders.charge(`user${n}`, 10, 1, start + n);
    expect(senders.size).toBeLessThan(300);
    expect(senders.charge('alice', 1000, 1, start + 10_000)).toBe(40_000);
  });
});
