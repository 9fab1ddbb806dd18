import type { Stats } from './answers';
import { useHealth } from './use-health';
import { to } from './route';

const VIEWS = [
  ['', 'Overview'],
  ['rooms', 'Rooms'],
  ['connections', 'Connections'],
  ['audit', 'Audit'],
  ['client', 'Client'],
] as const;

interface Props {
  readonly view: string;
  readonly stats: Stats;
  readonly lost?: Error;
  readonly signOut: () => void;
}

export function Header({ view, stats, lost, signOut }: Props) {
  return (
    <header class="top">
      <a class="skip" href="#main" onClick={skip}>
        To the content
      </a>
      <span class="brand">Realtime</span>
      <nav aria-label="Views">
        {VIEWS.map(([name, title]) => (
          <a key={name} href={to(name)} aria-current={name === view ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <State stats={stats} lost={lost} />
      <button class="quiet" onClick={signOut}>
        Sign out
      </button>
    </header>
  );
}

/** At a glance. */
function State({ stats: { nodes, unanswered }, lost }: Pick<Props, 'stats' | 'lost'>) {
  const troubles = useHealth();
  if (lost) return <span class="dot bad">Disconnected</span>;
  const deaf = unanswered.length ? [`no answer from ${unanswered.join(', ')}`] : [];
  const all = [...troubles, ...deaf];
  if (all.length) return <span class="dot warn">{all.join('; ')}</span>;
  return <span class="dot good">{nodes.length === 1 ? 'Live' : `Live, ${nodes.length} nodes`}</span>;
}

/** The address says which view it is: it stays. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
