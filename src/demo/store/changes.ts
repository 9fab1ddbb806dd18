/** What an update changed, field by field. */
export type Changes<Row> = { readonly [Field in keyof Row]?: { readonly old: Row[Field]; readonly new: Row[Field] } };

/** A row as an update left it, and what the update changed. */
export type Changed<Row> = Row & { readonly changes: Changes<Row> };

/** Tells which of two states is the later one; that it counts up is no change of its own. */
const REVISION = 'revision';

/** The row with its changes beside it, or nothing where there are none. */
export function changed<Row extends object>(before: Row, after: Row): Changed<Row> | undefined {
  const fields = (Object.keys(after) as (keyof Row)[]).filter(
    (field) => field !== REVISION && before[field] !== after[field],
  );
  if (!fields.length) return undefined;
  const changes = fields.map((field) => [field, { old: before[field], new: after[field] }]);
  return { ...after, changes: Object.fromEntries(changes) as Changes<Row> };
}
