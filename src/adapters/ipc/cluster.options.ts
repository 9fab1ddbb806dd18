const MIB = 1024 * 1024;

export interface ClusterBackplaneOptions {
  /** Calls that wait for their answer; more are refused as `unavailable`. @default 10_000 */
  maxCalls?: number;
  /** What the publications among them may hold. @default 67_108_864 (64 MiB) */
  maxCallBytes?: number;
  /** A call without an answer for this long is rejected as `unavailable`. @default 10_000 */
  timeoutMs?: number;
}

export interface ClusterPrimaryOptions {
  /**
   * Bytes of publications that wait for a worker which does not take them. Over it the worker is killed: its clients
   * come back to another one and resume, where otherwise they would miss something unawares. @default 67_108_864 (64 MiB)
   */
  maxQueuedBytes?: number;
}

const DEFAULTS = { maxCalls: 10_000, maxCallBytes: 64 * MIB, timeoutMs: 10_000 };
const PRIMARY_DEFAULTS = { maxQueuedBytes: 64 * MIB };

export function resolveBackplane(given: ClusterBackplaneOptions): Readonly<Required<ClusterBackplaneOptions>> {
  return resolve('ClusterBackplane', DEFAULTS, given);
}

export function resolvePrimary(given: ClusterPrimaryOptions): Readonly<Required<ClusterPrimaryOptions>> {
  return resolve('serveClusterBackplane', PRIMARY_DEFAULTS, given);
}

function resolve<Options extends object>(who: string, defaults: Options, given: Partial<Options>): Readonly<Options> {
  const defined = Object.entries<unknown>(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of defined) {
    if (!Object.hasOwn(defaults, name)) throw new Error(`${who}: there is no option ${name}.`);
    if (Number.isSafeInteger(value) && (value as number) > 0) continue;
    throw new Error(`${who}: ${name} must be a whole number above 0, got ${JSON.stringify(value)}.`);
  }
  return Object.freeze(Object.assign({}, defaults, Object.fromEntries(defined)));
}
