import type { PipeTransform, Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, validateSync, ValidationError, ValidatorOptions } from 'class-validator';
import { ErrorDetail, RealtimeError } from '../../protocol/errors';
import { compileValidator, QuickCheck } from './compile-validator';

const OPTIONS: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
};

/**
 * Keys and elements one frame's data may hold, free-form properties left out. Each costs class-transformer and
 * class-validator up to 30 µs, so that without a limit one frame of 512 KiB would stop the process for five seconds.
 */
export const MAX_VALUES = 1000;

const NOT_KNOWN = 'is not a known field';
const NESTED = 'nestedValidation';
const IS_OBJECT = 'isObject';

type Rule = ReturnType<typeof rulesOf>[number];
type Plain = Record<string, unknown>;

/**
 * Checks a frame's data against its DTO class; unknown keys are an error. One per class, prepared at boot.
 * A property that is only `@IsObject()`, of a type that is no class, is free-form: it is taken as the client sent it.
 */
export class FramePipe<T extends object> implements PipeTransform<unknown, T | Promise<T>> {
  readonly #known: ReadonlySet<string>;
  readonly #free: ReadonlySet<string>;
  /** Properties that hold one nested DTO, not an array of them. */
  readonly #single: readonly string[];
  readonly #asynchronous: boolean;
  readonly #quick: QuickCheck<T> | undefined;

  /** `path`: which part of the data this is, where it is not all of it. */
  constructor(
    private readonly dto: Type<T>,
    private readonly path = '',
  ) {
    const rules = rulesOf(dto);
    const nested = rules.filter((rule) => rule.type === NESTED);
    this.#known = new Set(rules.map((rule) => rule.propertyName));
    this.#free = new Set(freeForm(dto, rules));
    this.#single = nested
      .filter((rule) => !rule.each && designType(dto, rule.propertyName) !== Array)
      .map((rule) => rule.propertyName);
    this.#quick = compileValidator(dto);
    // What a nested class has for rules is known only once it is filled, and they may be asynchronous.
    this.#asynchronous = nested.length > 0 || rules.some(isAsynchronous);
  }

  /** @throws RealtimeError `validation_failed` with the fields that are wrong; `payload_too_large` */
  transform(value: unknown): T | Promise<T> {
    const data = asObject(value, this.path) as Plain;
    const quick = this.#quick?.(data);
    if (quick) return quick;
    this.#checkShape(data);
    const instance = this.#fill(data);
    if (this.#asynchronous) return validate(instance, OPTIONS).then((errors) => this.#checked(instance, errors));
    return this.#checked(instance, validateSync(instance, OPTIONS));
  }

  /** What must be right before class-transformer looks at the data. */
  #checkShape(data: Plain): void {
    this.#checkValues(data);
    const unknown = Object.keys(data).filter((key) => !this.#known.has(key));
    if (unknown.length) throw invalid(unknown.map((key) => this.#detail(key, NOT_KNOWN)));
    // class-validator would check an array's elements instead, and an empty one passes.
    const arrays = this.#single.filter((key) => Array.isArray(data[key]));
    if (arrays.length) throw invalid(arrays.map((key) => this.#detail(key, 'must be an object, got an array')));
  }

  /**
   * Counts keys and elements, and refuses keys that every object has already (`__proto__`, `constructor`, `toString`):
   * class-transformer drops them, or takes the value of `constructor` for a class.
   */
  #checkValues(data: Plain): void {
    let left = MAX_VALUES;
    const visit = (value: object, path: string, inner: boolean): void => {
      left -= Array.isArray(value) ? value.length : Object.keys(value).length;
      if (left < 0) throw new RealtimeError('payload_too_large', `The data holds more than ${MAX_VALUES} values.`);
      for (const [key, child] of Object.entries(value) as [string, unknown][]) {
        const field = join(path, key);
        if (inner && key in Object.prototype) throw invalid([{ field, message: NOT_KNOWN }]);
        if (isObject(child) && (inner || !this.#free.has(key))) visit(child, field, true);
      }
    };
    visit(data, this.path, false);
  }

  #fill(data: Plain): T {
    if (!this.#free.size) return plainToInstance(this.dto, data);
    const shaped: Plain = {};
    const free: Plain = {};
    for (const [key, value] of Object.entries(data)) {
      (isObject(value) && this.#free.has(key) ? free : shaped)[key] = value;
    }
    return Object.assign(plainToInstance(this.dto, shaped), free);
  }

  #checked(instance: T, errors: ValidationError[]): T {
    if (errors.length) throw invalid(errors.flatMap((error) => toDetails(error, this.path)));
    return instance;
  }

  #detail(key: string, message: string): ErrorDetail {
    return { field: join(this.path, key), message };
  }
}

/** Whether a parameter's class says what is valid. */
export function isDto(type: unknown): type is Type<object> {
  return typeof type === 'function' && rulesOf(type).length > 0;
}

/** @throws RealtimeError `validation_failed` */
export function asObject(value: unknown, field = ''): object {
  if (value === undefined || value === null) return {};
  if (isObject(value) && !Array.isArray(value)) return value;
  const got = Array.isArray(value) ? 'an array' : `a ${typeof value}`;
  throw invalid([{ field, message: `${field || 'data'} must be an object, got ${got}` }]);
}

export function invalid(details: ErrorDetail[]): RealtimeError {
  return new RealtimeError('validation_failed', undefined, { details });
}

function rulesOf(type: object) {
  return getMetadataStorage().getTargetValidationMetadatas(type as Type, '', false, false);
}

function isAsynchronous({ constraintCls }: Rule): boolean {
  if (!constraintCls) return false;
  return getMetadataStorage()
    .getTargetValidatorConstraints(constraintCls)
    .some(({ async }) => async);
}

function freeForm(dto: Type, rules: Rule[]): string[] {
  return rules
    .filter((rule) => rule.name === IS_OBJECT && designType(dto, rule.propertyName) === Object)
    .map((rule) => rule.propertyName)
    .filter((key) => !rules.some((rule) => rule.propertyName === key && rule.type === NESTED));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function designType(dto: Type, key: string): unknown {
  return Reflect.getMetadata('design:type', dto.prototype as object, key);
}

function toDetails(error: ValidationError, path: string): ErrorDetail[] {
  const field = join(path, error.property);
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => toDetails(child, field))];
}

function join(path: string, key: string): string {
  return path ? `${path}.${key}` : key;
}
