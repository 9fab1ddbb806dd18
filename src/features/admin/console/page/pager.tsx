import type { Pages } from './use-pages';

/** Where there is more than a page. */
export function Pager({ back, on }: Pick<Pages<unknown>, 'back' | 'on'>) {
  if (!back && !on) return null;
  return (
    <nav class="pager" aria-label="Pages">
      <button disabled={!back} onClick={back}>
        Previous
      </button>
      <button disabled={!on} onClick={on}>
        Next
      </button>
    </nav>
  );
}
