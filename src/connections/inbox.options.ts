import { checkPositive } from '../options/invalid-option';
import { MIB } from '../options/units';

/** The queue of received frames of one connection. While it is full, its socket is not read. */
export class InboxOptions {
  /** Frames that may wait for the one being handled. @default 64 */
  readonly maxFrames: number = 64;
  /** Bytes of the frames that may wait. @default 1_048_576 (1 MiB) */
  readonly maxBytes: number = MIB;
  /** Time a handler has for one frame, milliseconds. After it the next frame is handled. @default 30_000 */
  readonly handlerTimeoutMs: number = 30_000;
}

/** @throws InvalidOption */
export function checkInbox(options: InboxOptions): void {
  checkPositive('inbox', options, 'maxFrames', 'maxBytes', 'handlerTimeoutMs');
}
