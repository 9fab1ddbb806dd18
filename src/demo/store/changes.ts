/** What an update changed, field by field. */
export type Changes<Row> = { readonly [Field in keyof Row]?: { readonly old: Row[Field]; readonly new: Row[Field] } };

/** A row as an update left it, and what the update changed. */
export type Changed<Row> = Row & { readonly changes: Changes<Row> };

/** They tell of the change itself, and are none of their own. */
const ABOUT_CHANGES: readonly PropertyKey[] = ['revision', 'changedBy'];

/** The row with its changes beside it, or nothing where there are none. */
export function changed<Row extends object>(before: Row, after: Row): Changed<Row> | undefined {
  const fields = (Object.keys(after) as (keyof Row)[]).filter(
    (field) => !ABOUT_CHANGES.includes(field) && before[field] !== after[field],
  );
  if (!fields.length) return undefined;
  const changes = fields.map((field) => [field, { old: before[field], new: after[field] }]);
  return { ...after, changes: Object.fromEntries(changes) as Changes<Row> };
}
