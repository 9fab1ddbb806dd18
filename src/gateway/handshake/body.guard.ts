import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { MAX_DEPTH } from '../../protocol/frame-bounds';
import { RealtimeError } from '../../protocol/errors';

/**
 * Refuses bodies that are nested too deeply or hold too many values. A guard, because it comes before every pipe: the
 * `ValidationPipe` of an application would overflow its stack on the first, and take seconds for the second.
 */
export class BodyGuard implements CanActivate {
  /** `maxValues`: elements and keys at every level; an empty array or object counts twice. */
  constructor(private readonly maxValues: number) {}

  /** @throws RealtimeError `validation_failed`, `payload_too_large` */
  canActivate(context: ExecutionContext): boolean {
    const { body } = context.switchToHttp().getRequest<{ body?: unknown }>();
    this.#count(body, 1, this.maxValues);
    return true;
  }

  /** Returns how many more values there may be. */
  #count(value: unknown, level: number, left: number): number {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return left;
    if (level > MAX_DEPTH) {
      throw new RealtimeError('validation_failed', `The body is nested deeper than ${MAX_DEPTH} levels.`);
    }
    const values: unknown[] = Object.values(value);
    let rest = left - Math.max(1, values.length);
    if (rest < 0) {
      throw new RealtimeError('payload_too_large', `The body holds more than ${this.maxValues} values.`);
    }
    for (const each of values) rest = this.#count(each, level + 1, rest);
    return rest;
  }
}
