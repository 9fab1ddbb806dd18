import { useRef } from 'preact/hooks';
import type { Stats } from './answers';
import { gap, Sample, sample } from './sample';

/** Ten minutes of them. */
const KEPT = 300;
/** A line is not drawn over what nobody saw. */
const GAP_S = 15;

interface Seen {
  readonly samples: readonly Sample[];
  readonly stats?: Stats;
  readonly at: number;
}

/** How the nodes did lately; one more with each answer. */
export function useSamples(stats: Stats, lost: unknown): readonly Sample[] {
  const seen = useRef<Seen>({ samples: [], at: 0 });
  const { samples, stats: before, at } = seen.current;
  if (!lost && stats !== before) {
    const now = Date.now() / 1000;
    const more = before ? after(before, stats, at, now) : [];
    seen.current = { samples: [...samples, ...more].slice(-KEPT), stats, at: now };
  }
  return seen.current.samples;
}

function after(before: Stats, stats: Stats, at: number, now: number): Sample[] {
  const next = sample(before, stats, now, Math.max(0.001, now - at));
  return now - at > GAP_S ? [gap(at + 1), next] : [next];
}
