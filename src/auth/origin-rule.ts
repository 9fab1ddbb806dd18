import { InvalidOption, show } from './invalid-option';

/**
 * `'same'`: the origin's host must be the request's; `'*'`: any; or a list; or a function. A cookie's token is honoured
 * from every origin that is allowed: with `'*'` any page can open a connection as the user who looks at it.
 */
export type OriginRule = 'same' | '*' | (string | RegExp)[] | ((origin: string) => boolean);

/** @throws InvalidOption */
export function checkOrigins(origins: OriginRule): OriginRule {
  if (origins === 'same' || origins === '*' || typeof origins === 'function') return origins;
  if (!Array.isArray(origins)) {
    const hint = typeof origins === 'string' ? `Try [${show(origins)}].` : '';
    throw new InvalidOption('origins', `must be 'same', '*', a list or a function, got ${show(origins)}`, hint);
  }
  for (const origin of origins) if (!(origin instanceof RegExp)) checkOrigin(origin);
  return origins;
}

/** Browsers send scheme, host and port and nothing else: what is written otherwise would never match. */
function checkOrigin(origin: unknown): void {
  if (origin === 'null') return;
  if (typeof origin !== 'string' || !URL.canParse(origin)) {
    throw new InvalidOption(
      'origins',
      `may hold origins and RegExps, got ${show(origin)}`,
      "Try 'https://example.com'.",
    );
  }
  const { protocol, host } = new URL(origin);
  if (origin !== `${protocol}//${host}`) {
    throw new InvalidOption('origins', `holds ${show(origin)}, which no browser sends`, `Try '${protocol}//${host}'.`);
  }
}
