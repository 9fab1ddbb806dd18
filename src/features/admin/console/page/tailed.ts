import type { Publication, Publications } from './answers';
import { count } from './format';
import { newest } from './newest';

/** Something said, or that what was said is not shown. */
export type TailEntry = Publication | { readonly skipped: string; readonly offset: number; readonly bytes?: undefined };

/** What was seen of a room's stream. */
export interface Tailed {
  readonly epoch?: string;
  readonly offset?: number;
  readonly history?: boolean;
  /** The newest first. */
  readonly entries: readonly TailEntry[];
  /** Whether the stream has older ones. */
  readonly hasMore: boolean;
}

export const NOTHING: Tailed = { entries: [], hasMore: false };

/** With what was said since. */
export function follow(known: Tailed, { epoch, offset, history, publications, has_more }: Publications): Tailed {
  const isFirst = known.epoch === undefined;
  if (!isFirst && epoch === known.epoch && offset === known.offset) return known;
  const unknown = publications.filter((each) => epoch !== known.epoch || each.offset > (known.offset ?? 0));
  const news: TailEntry[] = unknown.toReversed();
  const missed = gapBefore(unknown[0], known, epoch);
  const all = [...news, ...missed, ...known.entries];
  const kept = newest(all);
  return {
    epoch,
    offset,
    history,
    entries: kept,
    hasMore: isFirst ? has_more : known.hasMore || kept.length < all.length,
  };
}

/** With what was said earlier. */
export function precede(known: Tailed, { epoch, publications, has_more }: Publications): Tailed {
  if (epoch !== known.epoch) return known;
  return { ...known, entries: [...known.entries, ...publications.toReversed()], hasMore: has_more };
}

function gapBefore(first: Publication | undefined, known: Tailed, epoch: string): TailEntry[] {
  if (known.epoch === undefined || known.offset === undefined) return [];
  if (known.epoch !== epoch) return [{ skipped: 'The stream was begun anew.', offset: first?.offset ?? 0 }];
  const skipped = (first?.offset ?? known.offset + 1) - known.offset - 1;
  if (skipped <= 0) return [];
  return [{ skipped: `${count(skipped, 'publication')} not shown: too many at once.`, offset: first!.offset }];
}
