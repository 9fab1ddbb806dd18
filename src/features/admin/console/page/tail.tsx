import { useState } from 'preact/hooks';
import type { Publication } from './answers';
import { bytes, instant } from './format';
import { Empty, Loading, Trouble } from './states';
import { TailEntry, useTail } from './use-tail';

/** More of it does not fit. */
const LINE = 300;

/** What is said in a room, the newest first. */
export function Tail({ room }: { readonly room: string }) {
  const [paused, setPaused] = useState(false);
  const { entries, history, error, older } = useTail(room, paused);
  return (
    <section class="card" aria-label="Publications">
      <header>
        <h2>Publications</h2>
        <button aria-pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? 'Go on' : 'Pause'}
        </button>
      </header>
      {error && <Trouble error={error} />}
      <Entries entries={entries} history={history} />
      {older && (
        <footer>
          <button onClick={older}>Older</button>
        </footer>
      )}
      <p class="note">What the room's stream keeps. Volatile publications are not in it, nor who types.</p>
    </section>
  );
}

function Entries({ entries, history }: { readonly entries?: readonly TailEntry[]; readonly history?: boolean }) {
  if (!entries) return <Loading what="publications" />;
  if (history === false) return <Empty>Rooms of this kind keep no history: what is said is not seen here.</Empty>;
  if (!entries.length) return <Empty>Nothing was said yet.</Empty>;
  return (
    <ol class="log" aria-label="What was said" tabIndex={0}>
      {entries.map((entry) =>
        'skipped' in entry ? (
          <li key={`skipped ${entry.offset}`} class="note">
            {entry.skipped}
          </li>
        ) : (
          <Said key={entry.message_id} {...entry} />
        ),
      )}
    </ol>
  );
}

function Said({ type, data, offset, timestamp, bytes: size }: Publication) {
  return (
    <li>
      <details>
        <summary>
          <span class="meta">
            <strong>{type}</strong>
            <span class="muted">
              #{offset} · {bytes(size)} · <time dateTime={timestamp}>{instant(Date.parse(timestamp))}</time>
            </span>
          </span>
          <code class="line">{JSON.stringify(data).slice(0, LINE)}</code>
        </summary>
        <pre>{JSON.stringify(data, null, 2)}</pre>
      </details>
    </li>
  );
}
