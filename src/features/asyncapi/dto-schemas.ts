import type { Type } from '@nestjs/common';
import { TransformationType } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import { transformerStorage } from '../../gateway/validation/compile-validator';
import type { JsonSchema, JsonType } from '../../protocol/json-schema';
import { both, defined, Rule, toSchema } from './rules';

const NESTED = 'nestedValidation';
const CONDITION = 'conditionalValidation';
const WHITELISTED = 'whitelistValidation';
/** Rules that nothing at all keeps as well. */
const LENIENT: ReadonlySet<string> = new Set([NESTED, WHITELISTED, 'notEquals', 'isNotIn', 'isEmpty']);
const NATIVE = new Map<unknown, JsonType>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
  [Array, 'array'],
]);

/** A property of a DTO, and what may stand there besides what its schema says. */
interface Property {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
  readonly nullable: boolean;
}

/** The JSON Schemas of DTO classes, made of what class-validator knows of them; each once, under a name of its own. */
export class DtoSchemas {
  readonly #names = new Map<Type, string>();
  readonly #definitions: Record<string, JsonSchema> = {};

  constructor(
    private readonly base = '#/components/schemas/',
    private readonly prefix = '',
  ) {}

  get definitions(): Readonly<Record<string, JsonSchema>> {
    return this.#definitions;
  }

  /** Puts a schema that is no class's under a name. */
  define(name: string, schema: JsonSchema): JsonSchema {
    const free = this.#free(`${this.prefix}${name}`);
    this.#definitions[free] = schema;
    return { $ref: this.base + free };
  }

  ref(dto: Type): JsonSchema {
    return { $ref: this.base + (this.#names.get(dto) ?? this.#add(dto)) };
  }

  schemaOf(dto: Type): JsonSchema {
    return this.#definitions[this.#names.get(dto) ?? this.#add(dto)];
  }

  /** Whether an object of this class may be left out, because it may be empty. */
  mayBeLeftOut(dto: Type): boolean {
    return !this.schemaOf(dto).required;
  }

  #add(dto: Type): string {
    const name = this.#free(`${this.prefix}${dto.name}`);
    this.#names.set(dto, name);
    // A class may hold itself: its name is known before its properties are.
    this.#definitions[name] = {};
    const properties = this.#properties(dto);
    const required = properties.filter((property) => property.required).map((property) => property.name);
    this.#definitions[name] = {
      type: 'object',
      properties: Object.fromEntries(properties.map((property) => [property.name, written(property)])),
      ...(required.length ? { required } : {}),
      additionalProperties: false,
    };
    return name;
  }

  /** Two classes may have the same name. */
  #free(name: string): string {
    let free = name;
    for (let i = 2; Object.hasOwn(this.#definitions, free); i++) free = `${name}${i}`;
    return free;
  }

  #properties(dto: Type): Property[] {
    const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
    return [...new Set(rules.map(({ propertyName }) => propertyName))].map((name) => {
      const own = rules.filter(({ propertyName }) => propertyName === name);
      return { name, schema: this.#schema(dto, name, own), ...absence(name, own) };
    });
  }

  #schema(dto: Type, name: string, rules: readonly Rule[]): JsonSchema {
    const checks = rules.filter(({ type }) => type !== CONDITION && type !== WHITELISTED);
    let schema: JsonSchema = isTransformed(dto, name) ? { description: 'It is transformed before it is checked.' } : {};
    for (const rule of checks.filter(({ each, type }) => !each && type !== NESTED))
      schema = both(schema, toSchema(rule));
    schema = this.#withItems(schema, dto, name, checks);
    const unsaid = !['type', '$ref', 'enum', 'const', 'anyOf'].some((key) => key in schema);
    const native = NATIVE.get(designType(dto, name));
    return unsaid && native ? { type: native, ...schema } : schema;
  }

  /** Nested classes, and what is said of each element. */
  #withItems(schema: JsonSchema, dto: Type, name: string, checks: readonly Rule[]): JsonSchema {
    const nested = checks.some(({ type }) => type === NESTED) ? this.#nested(dto, name) : undefined;
    const ofElements = checks.filter(({ each, type }) => each && type !== NESTED);
    const isList = checks.some(({ each }) => each) || designType(dto, name) === Array;
    if (nested && !isList) return 'description' in schema ? { allOf: [nested], ...schema } : nested;
    if (!nested && !ofElements.length) return schema;
    const items = ofElements.map(toSchema).reduce(both, nested ?? {});
    return { ...schema, type: 'array', items };
  }

  #nested(dto: Type, name: string): JsonSchema {
    const found = transformerStorage()?.findTypeMetadata(dto, name);
    const type = found?.typeFunction() ?? designType(dto, name);
    const isClass = typeof type === 'function' && !NATIVE.has(type) && type !== Object;
    return isClass ? this.ref(type as Type) : { type: 'object' };
  }
}

/** `@IsOptional` and `@ValidateIf` are asked what they would say of a property that is not there, and of `null`. */
function absence(name: string, rules: readonly Rule[]): Pick<Property, 'required' | 'nullable'> {
  const strict = rules.some(
    (rule) => rule.type !== CONDITION && !LENIENT.has(rule.type) && !LENIENT.has(rule.name ?? ''),
  );
  const conditions = rules
    .filter(({ type }) => type === CONDITION)
    .map(({ constraints }) => constraints[0] as Condition);
  const counts = (value: unknown) => conditions.every((condition) => holds(condition, { [name]: value }, value));
  return { required: strict && counts(undefined), nullable: !strict || !counts(null) };
}

type Condition = (object: object, value: unknown) => unknown;

/** A condition that looks at more than is there is taken to hold. */
function holds(condition: Condition, object: object, value: unknown): boolean {
  try {
    return Boolean(condition(object, value));
  } catch {
    return true;
  }
}

function written({ schema, nullable }: Property): JsonSchema {
  return nullable ? orNull(schema) : schema;
}

export function orNull(schema: JsonSchema): JsonSchema {
  const { type, enum: values } = schema;
  if (typeof type === 'string' && !values && !('allOf' in schema)) return { ...schema, type: [type, 'null'] };
  if (values && !type) return { ...schema, enum: [...values, null] };
  return isAnything(schema) ? schema : { anyOf: [schema, { type: 'null' }] };
}

function isAnything(schema: JsonSchema): boolean {
  return Object.keys(defined(schema)).every((key) => key === 'description');
}

function isTransformed(dto: Type, name: string): boolean {
  const found = transformerStorage()?.findTransformMetadatas(dto, name, TransformationType.PLAIN_TO_CLASS);
  return Boolean(found?.length);
}

function designType(dto: Type, name: string): unknown {
  return Reflect.getMetadata('design:type', dto.prototype as object, name);
}
