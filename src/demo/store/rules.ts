import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString, Length, Matches, ValidateIf } from 'class-validator';

/** DTO rule: an id, `"1"`. A number is taken too, as `1` is easily written in JSON; answers always hold strings. */
export function IsId(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'number' ? String(value) : value)),
    Matches(/^[1-9]\d{0,14}$/, { message: '$property must be an id, as "1"' }),
  );
}

/** DTO rule: text of these lengths, without the spaces around it. */
export function IsText(min: number, max: number): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value)),
    IsString(),
    Length(min, max),
  );
}

/** DTO rule: may be left out, but not be `null`, which `@IsOptional()` would let pass. */
export function MayBeLeftOut(): PropertyDecorator {
  return ValidateIf((_dto, value) => value !== undefined);
}
