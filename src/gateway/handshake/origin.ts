import { randomBytes } from 'node:crypto';
import type { OriginRule } from './endpoint.options';

/** Whether a browser page of this origin may connect to this host. */
export function isOriginAllowed(rule: OriginRule, origin: string, host: string | undefined): boolean {
  if (rule === '*') return true;
  if (rule === 'same') return isSameOrigin(origin, host);
  // Only `true`: a function that turns out to be asynchronous returns a promise, and that is no yes.
  if (typeof rule === 'function') return rule(origin) === true;
  // `search`, because `test` of a RegExp with the flag g answers differently every other time.
  return rule.some((allowed) => (typeof allowed === 'string' ? allowed === origin : origin.search(allowed) >= 0));
}

/**
 * Whether a browser's cookies count as those of the user who looks at a page of this origin: one of the same host, or one
 * that the rule lists.
 */
export function isOriginTrusted(rule: OriginRule, origin: string, host: string | undefined): boolean {
  return isSameOrigin(origin, host) || isOriginListed(rule, origin);
}

/** Whether the rule names this origin: not where it admits any, and not "null", which sandboxed pages of any site have. */
export function isOriginListed(rule: OriginRule, origin: string): boolean {
  if (typeof rule === 'string' || origin === 'null') return false;
  if (typeof rule !== 'function' && rule.includes(origin)) return true;
  return isOriginAllowed(rule, origin, undefined) && !admitsAnyOrigin(rule);
}

/** Asks the rule about an origin that no page has. */
function admitsAnyOrigin(rule: OriginRule): boolean {
  try {
    return isOriginAllowed(rule, `https://${randomBytes(12).toString('hex')}.invalid`, undefined);
  } catch {
    return false;
  }
}

/** Compares hosts only: behind a proxy that ends TLS the scheme is not known. */
function isSameOrigin(origin: string, host: string | undefined): boolean {
  const from = host ? urlOf(origin) : undefined;
  if (!from || !/^https?:$/.test(from.protocol)) return false;
  return from.host === urlOf(`${from.protocol}//${host}`)?.host;
}

/** `URL.canParse` of Node 20 is no help: once it is hot it refuses Latin-1 letters. */
function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
