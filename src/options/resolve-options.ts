import { checkBoolean, checkBucket, checkNames, checkNumber, checkObject } from './invalid-option';

/** A class whose property initializers are the defaults of a group of options. */
export type OptionsClass<Options extends object> = new () => Options;

/** Checks what only this group knows. @throws InvalidOption */
export type OptionsCheck<Options extends object> = (options: Options) => void;

/**
 * Completes a group of options with its defaults and checks it. Each property of the class is an option; one without a
 * default is initialized with `undefined`. An option that is given as `undefined` gets its default.
 * @returns a frozen instance of the class
 * @throws InvalidOption for an unknown name, a wrong type, or a value that the group's own check refuses
 */
export function resolveOptions<Options extends object>(
  group: string,
  Class: OptionsClass<Options>,
  given: Partial<Options> = {},
  check?: OptionsCheck<Options>,
): Readonly<Options> {
  checkObject(group, given);
  const defaults = new Class();
  const defined = Object.fromEntries(
    Object.entries(given as Record<string, unknown>).filter(([, value]) => value !== undefined),
  );
  checkNames(group, defined, Object.keys(defaults));
  const options = Object.assign(new Class(), defined);
  check?.(options);
  for (const [name, value] of Object.entries(defaults as Record<string, unknown>)) {
    checkLike(`${group}.${name}`, value, options[name as keyof Options]);
  }
  return Object.freeze(options);
}

/** The default shows what an option takes, unless it is a text: some of those take `false` or a choice of texts. */
function checkLike(option: string, byDefault: unknown, value: unknown): void {
  if (typeof byDefault === 'boolean') checkBoolean(option, value);
  if (typeof byDefault === 'number') checkNumber(option, value);
  if (isBucket(byDefault)) checkBucket(option, value);
}

function isBucket(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'perSecond' in value && 'burst' in value;
}
