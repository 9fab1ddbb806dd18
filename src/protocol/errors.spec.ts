import { ErrorCode, ERRORS, isErrorCode, RealtimeError } from './errors';

describe('an error', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])('has a sentence and says whether a retry can help: %s', (code) => {
    expect(new RealtimeError(code).toData()).toEqual({ code, ...ERRORS[code] });
    expect(ERRORS[code].message).toMatch(/\.$/);
  });

  it('tells the client what was wrong and when to come again', () => {
    const details = [{ field: 'room', message: 'is missing' }];
    expect(new RealtimeError('rate_limited', 'Slow down.', { retryAfterMs: 0, details }).toData()).toEqual({
      code: 'rate_limited',
      message: 'Slow down.',
      retryable: true,
      retry_after_ms: 0,
      details,
    });
  });

  it('names at most twenty of the things that are wrong, and each of them shortly', () => {
    const details = Array.from({ length: 30 }, (_, n) => ({ field: `${n}`.padEnd(500), message: 'm'.repeat(500) }));
    const told = new RealtimeError('validation_failed', undefined, { details }).toData().details!;
    expect(told.map(({ field }) => field.trim())).toEqual(details.slice(0, 20).map(({ field }) => field.trim()));
    expect(told[0]).toEqual({ field: '0'.padEnd(100), message: 'm'.repeat(300) });
  });

  it('keeps its cause from the client', () => {
    const cause = new Error('password of the database');
    const error = new RealtimeError('unavailable', undefined, { cause });
    expect(error.cause).toBe(cause);
    expect(JSON.stringify(error.toData())).not.toContain('password');
  });

  it('has a code of the table, and no other word is one', () => {
    expect(['forbidden', 'room_full'].map(isErrorCode)).toEqual([true, true]);
    expect(['toString', '__proto__', '', 403, undefined].map(isErrorCode)).toEqual([false, false, false, false, false]);
  });
});
