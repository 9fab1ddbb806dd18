import type { NodeStats, Stats } from './answers';
import { drain } from './actions';
import { useDesk } from './desk';
import { bytes, duration, number } from './format';
import { Column, Table } from './table';

export function Nodes({ stats: { nodes, unanswered } }: { readonly stats: Stats }) {
  const columns = useColumns();
  return (
    <>
      <Table caption="Nodes" columns={columns} rows={nodes} keyOf={({ name }) => name} />
      {unanswered.length > 0 && (
        <p class="note" role="alert">
          No answer from {unanswered.join(', ')}: what is there is not counted.
        </p>
      )}
    </>
  );
}

function useColumns(): Column<NodeStats>[] {
  const { api, ask } = useDesk();
  return [
    { name: 'Node', of: ({ name }) => <strong>{name}</strong> },
    {
      name: 'State',
      of: ({ draining }) => <span class={`dot ${draining ? 'warn' : 'good'}`}>{draining ? 'draining' : 'up'}</span>,
    },
    { name: 'Connections', of: ({ connections }) => number(connections), kind: 'number' },
    { name: 'Rooms', of: ({ rooms }) => number(rooms), kind: 'number' },
    { name: 'Deliveries', of: ({ deliveries }) => number(deliveries), kind: 'number' },
    { name: 'Slow readers', of: ({ slow_consumers }) => number(slow_consumers), kind: 'number', minor: true },
    { name: 'Errors', of: ({ errors }) => number(errors), kind: 'number', minor: true },
    { name: 'Memory', of: ({ memory_bytes }) => bytes(memory_bytes), kind: 'number' },
    { name: 'Up', of: ({ uptime_s }) => duration(uptime_s), kind: 'number' },
    {
      name: 'Actions',
      kind: 'actions',
      of: ({ name, draining }) => (
        <button aria-label={`Drain ${name}`} disabled={draining} onClick={() => ask(drain(api, name))}>
          Drain
        </button>
      ),
    },
  ];
}
