import { ConsoleLogger } from '@nestjs/common';
import { LogEntry } from './log-entry';

/** What Nest's own logger writes. */
function written(entry: LogEntry, json: boolean): string {
  const lines: string[] = [];
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  new ConsoleLogger('RealtimeModule', { json, colors: false }).error(entry);
  write.mockRestore();
  return lines.join('');
}

const alice = { id: 'c1', userId: 'alice' };

describe('a line of the log about a connection', () => {
  it('is a sentence for people', () => {
    expect(written(new LogEntry('A handler failed', alice), false)).toContain(
      '[RealtimeModule] A handler failed (connection c1, user alice)\n',
    );
    expect(String(new LogEntry('A handler failed', alice))).toBe('A handler failed (connection c1, user alice)');
  });

  it('has fields for machines', () => {
    expect(JSON.parse(written(new LogEntry('A handler failed', alice), true))).toMatchObject({
      context: 'RealtimeModule',
      message: { message: 'A handler failed', connection_id: 'c1', user_id: 'alice' },
    });
  });

  it('leaves out a user who is not known yet', () => {
    expect(String(new LogEntry('Odd', { id: 'c1', userId: undefined }))).toBe('Odd (connection c1)');
    expect(Object.keys(new LogEntry('Odd', { id: 'c1', userId: undefined }))).toEqual(['message', 'connection_id']);
  });

  it('is one line, whatever a user is called', () => {
    const entry = new LogEntry('Odd', { id: 'c1', userId: 'eve\n[RealtimeModule] All is well' });
    expect(String(entry)).toBe('Odd (connection c1, user "eve\\n[RealtimeModule] All is well")');
  });
});
