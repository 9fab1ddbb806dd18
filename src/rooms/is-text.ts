import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../protocol/json-schema';
import { isCleanText } from '../protocol/text';

const CLEAN: JsonSchema = { description: 'Without U+0000 and lone surrogates.', pattern: '^[^\\u0000]*$' };

/**
 * DTO rule: text of so many characters, a surrogate pair being one, without U+0000 and lone surrogates. class-validator's
 * own `Length` does not count variation selectors, so that a text made of them has any length.
 */
export function IsText(min: number, max: number): PropertyDecorator {
  const length: JsonSchema = { type: 'string', minLength: min, maxLength: max };
  const isText = ValidateBy(
    {
      name: 'isText',
      validator: {
        validate: (value) => typeof value === 'string' && isBetween(charactersOf(value), min, max),
        defaultMessage: (args) => `${args?.property} must be text of ${min}..${max} characters`,
      },
    },
    { context: { jsonSchema: length } },
  );
  const isClean = ValidateBy(
    {
      name: 'isCleanText',
      validator: {
        validate: isCleanText,
        defaultMessage: (args) => `${args?.property} must hold no U+0000 and no lone surrogate`,
      },
    },
    { context: { jsonSchema: CLEAN } },
  );
  return applyDecorators(isText, isClean);
}

function charactersOf(text: string): number {
  return Array.from(text).length;
}

function isBetween(count: number, min: number, max: number): boolean {
  return count >= min && count <= max;
}
