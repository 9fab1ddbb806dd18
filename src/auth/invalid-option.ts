/** An option the module cannot work with, found at boot: which one, what is wrong with it, and what to try. */
export class InvalidOption extends Error {
  constructor(option: string, problem: string, hint = '') {
    super(`RealtimeModule: option ${option} ${problem}.${hint && ` ${hint}`}`);
  }
}

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

export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'number' || typeof value === 'function') return String(value);
  return JSON.stringify(value) ?? String(value);
}
