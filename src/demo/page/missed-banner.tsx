import type { Missed } from './activity';
import { CloseIcon } from './icons';
import type { OpenProject } from './open-project';

/** What happened while there was no connection: it is on the board now, but went by unseen. */
export function MissedBanner({ project, show }: { project: OpenProject; show: () => void }) {
  const { missed } = project.activity;
  return (
    <div class={`banner ${missed ? '' : 'none'}`} role="status">
      {missed && (
        <>
          <span>{inWords(missed)}</span>
          <span class="gap" />
          <button onClick={show}>Show</button>
          <button class="plain" aria-label="Dismiss" onClick={() => project.seen()}>
            <CloseIcon />
          </button>
        </>
      )}
    </div>
  );
}

function inWords({ changes, messages, reloaded }: Missed): string {
  const what = [count(changes, 'change'), count(messages, 'message')].filter(Boolean).join(' and ');
  return `You missed ${what}.${reloaded ? ' The board was loaded anew.' : ''}`;
}

function count(number: number, thing: string): string {
  return number ? `${number} ${thing}${number === 1 ? '' : 's'}` : '';
}
