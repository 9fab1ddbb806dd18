import type { PipeTransform, Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, validateSync, ValidationError, ValidatorOptions } from 'class-validator';
import { ErrorDetail, RealtimeError } from '../protocol/errors';

const OPTIONS: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
};

/** Checks a frame's data against its DTO class; unknown keys are an error. One per class, prepared at boot. */
export class FramePipe<T extends object> implements PipeTransform<unknown, T | Promise<T>> {
  readonly #known: ReadonlySet<string>;
  readonly #asynchronous: boolean;

  constructor(private readonly dto: Type<T>) {
    const storage = getMetadataStorage();
    const rules = rulesOf(dto);
    this.#known = new Set(rules.map((rule) => rule.propertyName));
    this.#asynchronous = rules.some(
      ({ constraintCls }) => constraintCls && storage.getTargetValidatorConstraints(constraintCls).some((c) => c.async),
    );
  }

  /** @throws RealtimeError `validation_failed` with the fields that are wrong */
  transform(value: unknown): T | Promise<T> {
    const data = asObject(value);
    const unknown = Object.keys(data).filter((key) => !this.#known.has(key));
    if (unknown.length) throw invalid(unknown.map((field) => ({ field, message: 'is not a known field' })));
    const instance = plainToInstance(this.dto, data);
    if (this.#asynchronous) return validate(instance, OPTIONS).then((errors) => checked(instance, errors));
    return checked(instance, validateSync(instance, OPTIONS));
  }
}

/** Whether a parameter's class says what is valid. */
export function isDto(type: unknown): type is Type<object> {
  return typeof type === 'function' && rulesOf(type).length > 0;
}

/** @throws RealtimeError `validation_failed` */
export function asObject(value: unknown): object {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  throw invalid([
    { field: '', message: `data must be an object, got ${Array.isArray(value) ? 'an array' : typeof value}` },
  ]);
}

export function invalid(details: ErrorDetail[]): RealtimeError {
  return new RealtimeError('validation_failed', undefined, { details });
}

function rulesOf(type: object) {
  return getMetadataStorage().getTargetValidationMetadatas(type as Type, '', false, false);
}

function checked<T>(instance: T, errors: ValidationError[]): T {
  if (errors.length) throw invalid(errors.flatMap((error) => toDetails(error, '')));
  return instance;
}

function toDetails(error: ValidationError, path: string): ErrorDetail[] {
  const field = path ? `${path}.${error.property}` : error.property;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => toDetails(child, field))];
}
