import { bytes, count, instant, milliseconds } from './format';
import type { Seen, Session } from './session';
import { Empty } from './states';

/** What passed over a connection, the newest first. */
export function Frames({ session }: { readonly session: Session }) {
  const { seen } = session;
  return (
    <section class="card" aria-label="Frames">
      <header>
        <h2>
          Frames <small>{count(seen.length, 'line')}, at most 500</small>
        </h2>
        <button disabled={!seen.length} onClick={() => session.clear()}>
          Clear
        </button>
      </header>
      {seen.length ? (
        <ol class="log" aria-label="Frames, the newest first" tabIndex={0}>
          {seen.map((each) => (
            <Frame key={each.n} {...each} />
          ))}
        </ol>
      ) : (
        <Empty>Connect, and every frame is listed here.</Empty>
      )}
    </section>
  );
}

/** More of it does not fit. */
const LINE = 300;
const WAYS = { in: ['←', 'received'], out: ['→', 'sent'], note: ['·', ''] } as const;

function Frame({ at, way, type, bytes: size, took, text }: Seen) {
  const [arrow, word] = WAYS[way];
  return (
    <li class={way}>
      <details>
        <summary>
          <span class="meta">
            <strong>
              <span aria-hidden="true">{arrow}</span> <span class="unseen">{word}</span> {type}
            </strong>
            <span class="muted">
              {took !== undefined && `after ${milliseconds(took)} · `}
              {size !== undefined && `${bytes(size)} · `}
              <time>{instant(at)}</time>
            </span>
          </span>
          <code class="line">{text.slice(0, LINE)}</code>
        </summary>
        <pre>{pretty(text)}</pre>
      </details>
    </li>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
