import { checkPositive, InvalidOption } from '../options/invalid-option';
import { MIB } from '../options/units';
import type { ConnectionsOptions } from './connections.options';

/**
 * The queue of frames for a client that reads slowly. When it is full, volatile frames are dropped; if that is not
 * enough, the connection is closed with 4008.
 */
export class OutboxOptions {
  /** Frames that may wait for one client. @default 256 */
  readonly maxFrames: number = 256;
  /**
   * Bytes that may wait for one client. It must hold at least eight messages of `connections.maxMessageBytes`.
   * Publications are in memory once for all clients, replies are not shared. @default 4_194_304 (4 MiB)
   */
  readonly maxBytes: number = 4 * MIB;
}

/** Number of the largest messages that must fit into a send queue. */
const LARGEST_MESSAGES = 8;

/** @throws InvalidOption */
export function checkOutbox(options: OutboxOptions): void {
  checkPositive('outbox', options, 'maxFrames', 'maxBytes');
}

/** @throws InvalidOption for a send queue that is too short for the largest messages */
export function checkOutboxHolds({ maxBytes }: OutboxOptions, { maxMessageBytes }: ConnectionsOptions): void {
  const least = LARGEST_MESSAGES * maxMessageBytes;
  if (maxBytes >= least) return;
  const problem = `(${maxBytes}) must hold ${LARGEST_MESSAGES} of the largest messages, which are of ${maxMessageBytes} bytes (connections.maxMessageBytes)`;
  throw new InvalidOption('outbox.maxBytes', problem, `Try ${least}, or a smaller connections.maxMessageBytes.`);
}
