import { ValidateBy } from 'class-validator';

/** DTO rule: at most so many bytes as JSON. */
export function MaxJsonBytes(maxBytes: number): PropertyDecorator {
  return ValidateBy({
    name: 'isShort',
    validator: {
      validate: (value) => Buffer.byteLength(JSON.stringify(value) ?? '') <= maxBytes,
      defaultMessage: (args) => `${args?.property} must be at most ${maxBytes} bytes as JSON`,
    },
  });
}
