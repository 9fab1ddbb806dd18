import type { Stats } from './answers';
import { broadcast } from './actions';
import { Chart } from './chart';
import { useDesk } from './desk';
import { bytes, milliseconds, number } from './format';
import { Nodes } from './nodes';
import type { Sample } from './sample';

interface Props {
  readonly stats: Stats;
  readonly samples: readonly Sample[];
}

/** How it does, at a glance. */
export function Overview({ stats, samples }: Props) {
  const { api, ask } = useDesk();
  return (
    <>
      <h1 class="unseen">Overview</h1>
      <div class="charts">
        <Chart title="Connections" samples={samples} lines={[['open', 'connections']]} show={number} />
        <Chart
          title="Frames"
          unit="per second"
          samples={samples}
          lines={[
            ['out', 'sent'],
            ['in', 'received'],
          ]}
          show={number}
        />
        <Chart title="Deliveries" unit="per second" samples={samples} lines={[['out', 'deliveries']]} show={number} />
        <Chart
          title="Lag"
          unit="from publication to socket"
          samples={samples}
          lines={[
            ['p99', 'p99'],
            ['p50', 'p50'],
          ]}
          show={milliseconds}
        />
        <Chart title="Errors" unit="per second" samples={samples} lines={[['sent', 'errors']]} show={number} />
        <Chart title="Memory" unit="of all nodes" samples={samples} lines={[['resident', 'memory']]} show={bytes} />
      </div>
      <section class="card" aria-label="Nodes">
        <header>
          <h2>Nodes</h2>
          <button onClick={() => ask(broadcast(api))}>Broadcast</button>
        </header>
        <Nodes stats={stats} />
      </section>
    </>
  );
}
