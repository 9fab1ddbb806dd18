import type { OriginRule } from '../realtime.options';

/** Whether a browser page of this origin may connect to this host. */
export function isOriginAllowed(rule: OriginRule, origin: string, host: string | undefined): boolean {
  if (rule === '*') return true;
  if (rule === 'same') return isSameOrigin(origin, host);
  if (typeof rule === 'function') return rule(origin);
  return rule.some((allowed) => (typeof allowed === 'string' ? allowed === origin : allowed.test(origin)));
}

/** Compares hosts only: behind a proxy that ends TLS the scheme is not known. */
function isSameOrigin(origin: string, host: string | undefined): boolean {
  if (!host || !URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  const requested = URL.canParse(`${protocol}//${host}`) ? new URL(`${protocol}//${host}`).host : undefined;
  return /^https?:$/.test(protocol) && originHost === requested;
}
