import { hostname } from 'node:os';

export interface RedisNodesOptions {
  /** What this node is called in lists and results; what makes it unique is added. @default host name and process id */
  name?: string;
  /** How long other nodes may take to answer. @default 1000 */
  timeoutMs?: number;
  /** A node of which nothing was heard for this long is no node any more. It says that it lives three times as often. @default 10_000 */
  leaseMs?: number;
  /** Questions under way, and commands of other nodes being done; more are refused as `unavailable`. @default 1000 */
  maxPending?: number;
}

const DEFAULTS = { timeoutMs: 1000, leaseMs: 10_000, maxPending: 1000 };
const NAME = /^[\w.:@-]{1,100}$/;

/** @throws Error that says what is wrong */
export function resolveNodes(given: RedisNodesOptions): Readonly<Required<RedisNodesOptions>> {
  const { name = `${hostname()}:${process.pid}`, ...numbers } = given;
  if (given.name !== undefined && !NAME.test(given.name)) {
    throw invalid(`name must be 1..100 characters of A-Z a-z 0-9 _ . : @ -, got ${JSON.stringify(given.name)}`);
  }
  const defined = Object.entries<unknown>(numbers).filter(([, value]) => value !== undefined);
  for (const [option, value] of defined) {
    if (!Object.hasOwn(DEFAULTS, option)) throw invalid(`there is no option ${option}`);
    if (Number.isSafeInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31) continue;
    throw invalid(`${option} must be a whole number above 0, got ${JSON.stringify(value)}`);
  }
  return Object.freeze({ name: name.slice(0, 100), ...DEFAULTS, ...(Object.fromEntries(defined) as object) });
}

function invalid(problem: string): Error {
  return new Error(`RedisNodes: ${problem}.`);
}
