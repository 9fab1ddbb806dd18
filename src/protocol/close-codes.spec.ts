import { CLOSE_CODES, CloseReason, Disconnect, mayReconnect } from './close-codes';

describe('a close code', () => {
  it('of 4000 to 4499 asks the client back, one of 4500 to 4999 does not', () => {
    expect([4000, 4001, 4499].map(mayReconnect)).toEqual([true, true, true]);
    expect([4500, 4503, 4999].map(mayReconnect)).toEqual([false, false, false]);
  });

  it('of a broken client ends it, one of a lost connection does not', () => {
    expect([1002, 1003, 1007, 1008, 1009].map(mayReconnect)).toEqual([false, false, false, false, false]);
    expect([1000, 1001, 1005, 1006, 1011, 1012].map(mayReconnect)).toEqual([true, true, true, true, true, true]);
  });

  it('means one thing only', () => {
    expect(new Set(Object.values(CLOSE_CODES)).size).toBe(Object.keys(CLOSE_CODES).length);
  });

  it('fits a close frame with its reason', () => {
    for (const reason of Object.keys(CLOSE_CODES) as CloseReason[]) {
      const { code, message } = new Disconnect(reason);
      expect([code, message]).toEqual([CLOSE_CODES[reason], reason]);
      expect(new TextEncoder().encode(message).length).toBeLessThanOrEqual(123);
    }
  });

  it('can say more than its name', () => {
    expect(new Disconnect('flooding', 'slow down').message).toBe('slow down');
  });
});
