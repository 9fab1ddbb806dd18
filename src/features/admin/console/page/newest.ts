/** What a page can show, and a browser hold without getting slow. */
const KEPT = 500;
const MAX_BYTES = 8_000_000;

/** The first of a list, as many as fit. */
export function newest<T extends { readonly bytes?: number }>(items: readonly T[]): readonly T[] {
  let left = MAX_BYTES;
  const end = items.findIndex(({ bytes = 0 }, at) => at >= KEPT || (left -= bytes) < 0);
  return end < 0 ? items : items.slice(0, Math.max(1, end));
}
