import type { Entry } from './activity';
import { timeOf } from './time';

export function ActivityList({ entries }: { entries: readonly Entry[] }) {
  if (!entries.length) return <p class="quiet hint">What happens to the board is listed here.</p>;
  return (
    <ol class="activity" aria-label="What happened, the latest first">
      {entries.map((entry, at) => (
        <li key={entries.length - at} class={entry.missed ? 'missed' : ''}>
          <span>{entry.text}</span>
          <span class="quiet">
            {[entry.at && timeOf(entry.at), entry.missed && 'while you were away'].filter(Boolean).join(', ')}
          </span>
        </li>
      ))}
    </ol>
  );
}
