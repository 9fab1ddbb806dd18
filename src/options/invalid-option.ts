import type { Bucket } from './bucket';

/** An option the module cannot work with, found at boot: which one, what is wrong with it, and what to try. */
export class InvalidOption extends Error {
  constructor(option: string, problem: string, hint = '') {
    super(`RealtimeModule: option ${option} ${problem}.${hint && ` ${hint}`}`);
  }
}

/** The largest number that a timer, or a size in `ws`, can hold. */
export const MAX_INT = 2 ** 31 - 1;

/** @throws InvalidOption for names that are not options: a misspelt one would be silently without effect */
export function checkNames(group: string, given: object, known: readonly string[]): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || known.includes(name)) continue;
    throw new InvalidOption(group ? `${group}.${name}` : name, 'is not an option', `Known: ${known.join(', ')}.`);
  }
}

/** @throws InvalidOption unless it is an object with options in it */
export function checkObject(option: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new InvalidOption(option, `must be an object with options, got ${show(value)}`);
}

/** @throws InvalidOption */
export function checkBoolean(option: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new InvalidOption(option, `must be true or false, got ${show(value)}`);
}

/** @throws InvalidOption unless it is left out, or has the method by which a part of the module can be told */
export function checkPart(option: string, value: unknown, method: string, hint: string): void {
  if (value === undefined || typeof (value as Record<string, unknown> | null)?.[method] === 'function') return;
  throw new InvalidOption(option, `must have a method ${method}, got ${show(value)}`, hint);
}

/** @throws InvalidOption unless it is a number between `min` and `max` */
export function checkNumber(option: string, value: unknown, min = 0, max = Infinity): void {
  if (typeof value === 'number' && value >= min && value <= max) return;
  const range = max === Infinity ? `${min} or more` : `${min} to ${max}`;
  throw new InvalidOption(option, `must be a number, ${range}, got ${show(value)}`);
}

/**
 * Checks the named options of a group, of which 0 would serve nobody or be taken for "no limit", and so would a number
 * that does not fit into an integer.
 * @throws InvalidOption unless each is between 1 and `MAX_INT`
 */
export function checkPositive<Options extends object>(
  group: string,
  options: Options,
  ...names: (keyof Options & string)[]
): void {
  for (const name of names) checkNumber(`${group}.${name}`, options[name], 1, MAX_INT);
}

/** @throws InvalidOption unless it is a token bucket and nothing else */
export function checkBucket(option: string, bucket: unknown): void {
  checkObject(option, bucket);
  checkNames(option, bucket as Bucket, ['perSecond', 'burst']);
  checkRate(option, bucket as Bucket);
}

/** @throws InvalidOption for a rate or a burst that lets nothing pass */
export function checkRate(option: string, { perSecond, burst }: Bucket): void {
  checkNumber(`${option}.perSecond`, perSecond);
  if (perSecond === 0) throw new InvalidOption(`${option}.perSecond`, 'must be more than 0', 'Try 0.1.');
  checkNumber(`${option}.burst`, burst, 1);
}

export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'number' || typeof value === 'function') return String(value);
  return JSON.stringify(value) ?? String(value);
}
