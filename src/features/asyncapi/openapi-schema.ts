import type { JsonSchema } from '../../protocol/json-schema';

/** A schema as OpenAPI 3.0 has it: a dialect of its own, which does not know `null`, `const` and numeric exclusive limits. */
export type OpenApiSchema = Readonly<Record<string, unknown>>;

export function toOpenApi(schema: JsonSchema): OpenApiSchema {
  const { type, const: only, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  const { items, not, properties, additionalProperties, allOf, anyOf, ...plain } = rest;
  const types = [type ?? []].flat().filter((one) => one !== 'null');
  return {
    ...plain,
    ...(types.length ? { type: types[0] } : {}),
    ...(only === undefined ? {} : { enum: [only] }),
    ...(exclusiveMinimum === undefined ? {} : { minimum: exclusiveMinimum, exclusiveMinimum: true }),
    ...(exclusiveMaximum === undefined ? {} : { maximum: exclusiveMaximum, exclusiveMaximum: true }),
    ...partsOf({ items, not, properties, additionalProperties, allOf, anyOf }),
    ...(takesNull(schema) ? { nullable: true } : {}),
  };
}

/** The schemas in a schema. */
function partsOf({ items, not, properties, additionalProperties, allOf, anyOf }: Partial<JsonSchema>): OpenApiSchema {
  const options = anyOf?.filter((option) => option.type !== 'null');
  return {
    ...(items ? { items: toOpenApi(items) } : {}),
    ...(not ? { not: toOpenApi(not) } : {}),
    ...(allOf ? { allOf: allOf.map(toOpenApi) } : {}),
    ...(options ? { anyOf: options.map(toOpenApi) } : {}),
    ...(properties ? { properties: convertAll(properties) } : {}),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: toOpenApi(additionalProperties) } : {}),
    ...(typeof additionalProperties === 'boolean' ? { additionalProperties } : {}),
  };
}

function convertAll(schemas: Readonly<Record<string, JsonSchema>>): Record<string, OpenApiSchema> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, toOpenApi(schema)]));
}

function takesNull({ type, anyOf, enum: values }: JsonSchema): boolean {
  const listed = Array.isArray(type) && type.includes('null');
  return listed || Boolean(anyOf?.some((option) => option.type === 'null')) || Boolean(values?.includes(null));
}
