import { Audit, AuditEntry } from '../../src/features/audit';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

/** Takes nothing, and is told when the application ends. */
class BrokenLedger extends Audit {
  readonly asked: AuditEntry['type'][] = [];
  ended = false;

  override record({ type }: AuditEntry): void {
    this.asked.push(type);
    throw new Error('the ledger is full');
  }

  onApplicationShutdown(): void {
    this.ended = true;
  }
}

describe('an audit sink of the host', () => {
  it('that fails is logged, and no client notices', async () => {
    const sink = new BrokenLedger();
    const server = await realtime({ audit: { sink } });
    const alice = await server.connect('alice');
    await alice.join('a');
    expect(await alice.request('echo', { n: 1 })).toMatchObject({ type: 'echo', data: { n: 1 } });
    expect(sink.asked).toEqual(['connected', 'joined']);
    expect(server.log.of('error').join()).toContain('The audit sink failed: Error: the ledger is full');
    await server.close();
    expect(sink.ended).toBe(true);
  });
});
