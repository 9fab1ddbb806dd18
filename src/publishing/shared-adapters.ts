import type { Backplane } from './backplane';

/** A port of the module: the abstract class that an adapter extends. */
export type Port<Adapter> = abstract new (...args: never[]) => Adapter;

/**
 * All adapters of one medium that several processes share, as one value for the option `backplane`: `redis({ url })`.
 *
 * Guarantee: adapters are asked for while the application is created, before the first of them connects.
 */
export abstract class SharedAdapters {
  abstract readonly backplane: Backplane;
  /** The adapter for this port, or undefined where the medium has none: then each process has its own. */
  abstract find<Adapter>(port: Port<Adapter>, settings?: object): Adapter | undefined;
  /** Closes the connections of all adapters. Called once, at shutdown, after the adapters were closed. */
  abstract close(): Promise<void>;
}
