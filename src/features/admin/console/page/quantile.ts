import type { Distribution } from '../../../../nodes/admin-command';

/** Below which this share of the values is, as well as its buckets tell; nothing where there are none. */
export function quantile(share: number, { bounds, cumulative }: Distribution): number | null {
  const all = cumulative.at(-1) ?? 0;
  if (all <= 0) return null;
  const wanted = share * all;
  const at = cumulative.findIndex((count) => count >= wanted);
  // What is above the last bound is at least that.
  if (at >= bounds.length) return bounds.at(-1) ?? null;
  const [from, before] = at ? [bounds[at - 1], cumulative[at - 1]] : [0, 0];
  return from + ((bounds[at] - from) * (wanted - before)) / (cumulative[at] - before);
}
