/** The first so many behind `after`, by their keys. At no time more than twice as many are looked at together. */
export function firstOf<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string,
  { after = '', limit }: { readonly after?: string; readonly limit: number },
): T[] {
  const cut = (found: T[]): T[] => found.sort((one, other) => compare(keyOf(one), keyOf(other))).slice(0, limit);
  let found: T[] = [];
  let last: string | undefined;
  for (const item of items) {
    const key = keyOf(item);
    if (key <= after || (last !== undefined && key > last)) continue;
    found.push(item);
    if (found.length < 2 * limit) continue;
    found = cut(found);
    last = keyOf(found[limit - 1]);
  }
  return cut(found);
}

/** The same on all nodes, whatever their locales. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
