import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

/**
 * The address a connection counts against. Each trusted proxy appends the address it saw to `X-Forwarded-For`, so with
 * `n` of them the client's is the n-th from the right; what stands further left the client may have made up.
 */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  const seen = trustedProxies > 0 ? forwardedAddress(request, trustedProxies) : undefined;
  return countedAddress(seen ?? request.socket.remoteAddress ?? 'unknown');
}

function forwardedAddress({ headers }: IncomingMessage, trustedProxies: number): string | undefined {
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter(Boolean);
  return forwarded.at(-Math.min(trustedProxies, forwarded.length));
}

/**
 * IPv4 as it is, also when mapped into IPv6; IPv6 by its /64, which is what one customer gets. Some proxies add the
 * port, which would make every connection an address of its own.
 */
export function countedAddress(given: string): string {
  if (isIPv4(given)) return given;
  const address = /^\[(.+)\](?::\d+)?$/.exec(given)?.[1] ?? given.replace(/^([\d.]+):\d+$/, '$1');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1];
  if (!isIPv6(address)) return address;
  return `${network(address)}::/64`;
}

function network(address: string): string {
  const [head, tail] = address.split('%')[0].split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const groups =
    tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':');
}
