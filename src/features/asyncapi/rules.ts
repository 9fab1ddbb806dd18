import { getMetadataStorage } from 'class-validator';
import type { JsonSchema } from '../../protocol/json-schema';

/** One rule of a property, as class-validator keeps it. */
export type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

type Write = (...constraints: never[]) => JsonSchema;

const date = (): JsonSchema => ({ type: 'string', description: 'A date in ISO 8601.' });
const text = (format?: string) => (): JsonSchema => ({ type: 'string', ...(format ? { format } : {}) });

/** What the rules of class-validator say in JSON Schema, by their names. */
const WRITTEN: Readonly<Record<string, Write>> = {
  isString: text(),
  isEmail: text('email'),
  isUuid: text('uuid'),
  isUrl: text('uri'),
  isDateString: date,
  isIso8601: date,
  isRfc3339: text('date-time'),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isObject: () => ({ type: 'object' }),
  isNotEmptyObject: () => ({ type: 'object', minProperties: 1 }),
  isArray: () => ({ type: 'array' }),
  isDefined: () => ({}),
  isNotEmpty: () => ({ not: { enum: ['', null] } }),
  min: (minimum: number) => ({ type: 'number', minimum }),
  max: (maximum: number) => ({ type: 'number', maximum }),
  isPositive: () => ({ type: 'number', exclusiveMinimum: 0 }),
  isNegative: () => ({ type: 'number', exclusiveMaximum: 0 }),
  isDivisibleBy: (multipleOf: number) => ({ type: 'number', multipleOf }),
  minLength: (minLength: number) => ({ type: 'string', minLength }),
  maxLength: (maxLength: number) => ({ type: 'string', maxLength }),
  isLength: (minLength: number, maxLength?: number) => ({ type: 'string', minLength, ...defined({ maxLength }) }),
  matches: (pattern: RegExp | string, flags = '') => matching(new RegExp(pattern, flags || undefined)),
  isIn: (values: readonly unknown[]) => ({ enum: values }),
  isEnum: (entity: Record<string, unknown>) => ({ enum: valuesOf(entity) }),
  equals: (value: unknown) => ({ const: value }),
  arrayMinSize: (minItems: number) => ({ type: 'array', minItems }),
  arrayMaxSize: (maxItems: number) => ({ type: 'array', maxItems }),
  arrayNotEmpty: () => ({ type: 'array', minItems: 1 }),
  arrayUnique: (identifier?: unknown) => ({ type: 'array', ...(identifier ? {} : { uniqueItems: true }) }),
};

/**
 * A rule in JSON Schema. A rule of one's own says it itself, in the options it hands to class-validator:
 * `{ context: { jsonSchema: { type: 'string', pattern: '^#' } } }`. One that does not is named in words.
 */
export function toSchema(rule: Rule): JsonSchema {
  const told = (rule.context as { jsonSchema?: JsonSchema } | undefined)?.jsonSchema;
  if (told) return told;
  const name = nameOf(rule);
  if (!Object.hasOwn(WRITTEN, name)) return { description: `The server also checks the rule "${name}".` };
  return WRITTEN[name](...((rule.constraints ?? []) as never[]));
}

/** All of them at once: what one schema can say is in one, the rest is in `allOf`. */
export function both(one: JsonSchema, other: JsonSchema): JsonSchema {
  const type = narrower(one.type, other.type);
  const description = [one.description, other.description].filter(Boolean).join(' ');
  const rest = { ...other, type, description: description || undefined };
  const clashes = Object.keys(other).some((key) => !FREE.has(key) && key in one);
  if (!clashes) return defined({ ...one, ...rest });
  return { ...defined({ ...one, description: rest.description }), allOf: [...(one.allOf ?? []), other] };
}

/** What of two schemas can always be put into one. */
const FREE: ReadonlySet<string> = new Set(['type', 'description']);

function narrower(one: JsonSchema['type'], other: JsonSchema['type']): JsonSchema['type'] {
  return one === 'integer' && other === 'number' ? one : (other ?? one);
}

function nameOf({ name, constraintCls, type }: Rule): string {
  const [constraint] = constraintCls ? getMetadataStorage().getTargetValidatorConstraints(constraintCls) : [];
  return name ?? constraint?.name ?? type;
}

/** A pattern with flags says something else than its source does. */
function matching({ source, flags }: RegExp): JsonSchema {
  if (flags.replace('u', '') === '') return { type: 'string', pattern: source };
  return { type: 'string', description: `It matches /${source}/${flags}.` };
}

/** An enum of numbers also holds its names the other way round. */
function valuesOf(entity: Record<string, unknown>): unknown[] {
  return Object.keys(entity)
    .filter((key) => Number.isNaN(Number(key)))
    .map((key) => entity[key]);
}

export function defined<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}
