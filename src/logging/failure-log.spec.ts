import { Logger, LoggerService } from '@nestjs/common';
import { ThrottledLogger } from './throttled-logger';

const lines: string[] = [];
const warnings: string[] = [];
const logger = {
  log: () => undefined,
  warn: (line: unknown) => void warnings.push(String(line)),
  error: (line: unknown) => void lines.push(String(line)),
};

beforeEach(() => {
  jest.useFakeTimers();
  Logger.overrideLogger(logger satisfies LoggerService);
  lines.length = 0;
  warnings.length = 0;
});

afterEach(() => {
  jest.useRealTimers();
  Logger.overrideLogger(false);
});

describe('the log of failures', () => {
  it('has one line a second of what is the same, and how often it was', () => {
    const failures = new ThrottledLogger();
    for (let n = 0; n < 100; n++) failures.error('no database', `chat of user ${n} failed`);
    failures.error('no disk', 'history failed');
    expect(lines).toEqual(['chat of user 0 failed', 'history failed']);
    jest.advanceTimersByTime(1_000);
    expect(lines.slice(2)).toEqual(['no database: 99 more within a second']);
    failures.error('no database', 'chat failed again');
    jest.advanceTimersByTime(1_000);
    expect(lines.slice(3)).toEqual(['chat failed again']);
  });

  it('sums up at the level it was written at', () => {
    const failures = new ThrottledLogger();
    for (let n = 0; n < 3; n++) failures.warn('no position', `no position of room ${n}`);
    jest.advanceTimersByTime(1_000);
    expect(warnings).toEqual(['no position of room 0', 'no position: 2 more within a second']);
    expect(lines).toEqual([]);
  });

  it('has so many kinds at once, and one line of all others', () => {
    const failures = new ThrottledLogger();
    for (let n = 0; n < 1_000; n++) failures.error(`failure ${n}`, `failure ${n}`);
    expect(lines).toHaveLength(101);
    jest.advanceTimersByTime(1_000);
    expect(lines.slice(101)).toEqual(['Other failures: 899 more within a second']);
  });
});
