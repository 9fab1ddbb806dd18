import { InvalidOption, show } from '../../options/invalid-option';

/**
 * `'same'`: the origin's host must be the request's; `'*'`: any; or a list; or a function. The cookie is taken as
 * credential only from the same origin, and from origins that a list or a function admits; never where `'*'`, a RegExp or
 * a function admits every origin, and never from the origin `null`. The same origins may change something over REST with
 * a cookie.
 */
export type OriginRule = 'same' | '*' | (string | RegExp)[] | ((origin: string) => boolean);

/** Where clients connect, and from which pages. */
export class EndpointOptions {
  /** Path where clients connect. `<path>/connect` is the same endpoint. @default '/ws' */
  readonly path: string = '/ws';
  /** Browser origins that may connect. @default 'same' */
  readonly origins: OriginRule = 'same';
}

/** @throws InvalidOption */
export function resolveEndpoint({ path = '/ws', origins = 'same' }: Partial<EndpointOptions>): EndpointOptions {
  return Object.freeze(Object.assign(new EndpointOptions(), { path: checkPath(path), origins: checkOrigins(origins) }));
}

/** The paths of the endpoint. */
export function pathsOf({ path }: EndpointOptions): readonly string[] {
  return [path, `${path === '/' ? '' : path}/connect`];
}

function checkPath(path: string): string {
  if (!path.startsWith('/'))
    throw new InvalidOption('path', `must start with '/', got ${show(path)}`, `Try '/${path}'.`);
  if (path.length > 1 && path.endsWith('/')) {
    const hint = `Try ${show(path.replace(/\/+$/, '') || '/')}.`;
    throw new InvalidOption('path', `must not end with '/', got ${show(path)}`, hint);
  }
  if (!/^\/([\w.~-]+(\/[\w.~-]+)*)?$/.test(path)) {
    throw new InvalidOption('path', `may hold letters, digits and . _ ~ - between its '/', got ${show(path)}`);
  }
  return path;
}

function checkOrigins(origins: OriginRule): OriginRule {
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
