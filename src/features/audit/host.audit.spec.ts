import { Logger } from '@nestjs/common';
import type { AuditEntry } from './audit';
import { HostAudit } from './host.audit';

const ENTRY: AuditEntry = { type: 'connected', user: 'alice' };

/** What is logged while this runs. */
async function logged(run: () => void): Promise<string[]> {
  const lines: string[] = [];
  const log = jest
    .spyOn(Logger.prototype, 'error')
    .mockImplementation((line: unknown) => void lines.push(String(line)));
  run();
  await new Promise(setImmediate);
  log.mockRestore();
  return lines;
}

describe('the audit of a host', () => {
  it('is handed each entry', () => {
    const seen: AuditEntry[] = [];
    new HostAudit({ record: (entry) => void seen.push(entry) }).record(ENTRY);
    expect(seen).toEqual([ENTRY]);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('the ledger is full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the ledger is full'))],
  ])('may fail without hurting anybody: it %s', async (_, record) => {
    const audit = new HostAudit({ record });
    expect(await logged(() => [1, 2, 3].forEach(() => audit.record(ENTRY)))).toEqual([
      'The audit sink failed: Error: the ledger is full',
    ]);
  });
});
