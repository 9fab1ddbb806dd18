import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { MemoryBackplane } from '../../src';
import type { Publication } from '../../src';
import type { ClusterPrimary } from '../../src/adapters/ipc/cluster.primary';
import { serveClusterBackplane } from '../../src/adapters/ipc/serve-cluster-backplane';
import { traceOf } from '../../src/features/tracing/traced-body';
import { TracedBackplane } from '../../src/features/tracing/traced.backplane';
import { ClusterWorker, killWorkers, setUpCluster } from '../support/cluster';
import { startTracing, stopTracing } from '../support/tracing';
import { describeBackplane, Heard, said } from './backplane';

const SPAN = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', traceFlags: 1 };

describeBackplane('TracedBackplane', async (retention) => {
  const backplane = new TracedBackplane(new MemoryBackplane(), false);
  backplane.configure({
    limitsOf: () => ({ maxPublications: 1000, maxAgeMs: 86_400_000 }),
    maxTotalBytes: 256 * 1024 * 1024,
    ...retention,
  });
  return backplane;
});

describe('a trace', () => {
  let primary: ClusterPrimary;

  beforeAll(() => {
    startTracing();
    setUpCluster();
    primary = serveClusterBackplane();
  });

  afterAll(async () => {
    await killWorkers();
    await primary.close();
    await stopTracing();
  });

  it('goes from one process of a cluster to the other, and is shown where it is asked for', async () => {
    const workers = await Promise.all([ClusterWorker.fork(), ClusterWorker.fork()]);
    const [one, two] = await Promise.all(workers.map((worker) => worker.open()));
    const [hiding, showing] = [new TracedBackplane(one, false), new TracedBackplane(two, true)];
    const [hidden, shown] = [new Heard(hiding), new Heard(showing)];
    const traces: unknown[] = [];
    hiding.traced.subscribe(({ publication }) => traces.push(traceOf(publication.body)));
    for (const backplane of [hiding, showing]) await backplane.subscribe('a');
    const within = trace.setSpanContext(ROOT_CONTEXT, SPAN);
    await context.with(within, () => showing.publish('a', said('hi')));
    for (const heard of [hidden, shown]) await heard.until(1);
    expect(traces).toEqual([SPAN]);
    const untraced = '{"text":"hi"';
    const traced = `${untraced},"trace":"00-${SPAN.traceId}-${SPAN.spanId}-01"`;
    expect(bodiesOf(hidden.all.map(({ publication }) => publication))).toEqual([untraced]);
    expect(bodiesOf(shown.all.map(({ publication }) => publication))).toEqual([traced]);
    const page = { limit: 1, maxBytes: 1 };
    expect(bodiesOf((await hiding.page('a', page)).publications)).toEqual([untraced]);
    expect(bodiesOf((await showing.page('a', page)).publications)).toEqual([traced]);
  });
});

function bodiesOf(publications: readonly Publication[]): string[] {
  return publications.map(({ body }) => Buffer.from(body).toString());
}
