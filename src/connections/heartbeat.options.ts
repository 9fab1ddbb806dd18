import { checkPositive, InvalidOption } from '../options/invalid-option';

/** Detection of dead connections. */
export class HeartbeatOptions {
  /** Time between two pings to a client, milliseconds. @default 30_000 */
  readonly intervalMs: number = 30_000;
  /** A client that sends nothing for this long is disconnected with 4005, milliseconds. @default 60_000 */
  readonly timeoutMs: number = 60_000;
}

/** @throws InvalidOption */
export function checkHeartbeat(options: HeartbeatOptions): void {
  checkPositive('heartbeat', options, 'intervalMs');
  const { intervalMs, timeoutMs } = options;
  if (timeoutMs > intervalMs || typeof timeoutMs !== 'number') return;
  throw new InvalidOption('heartbeat.timeoutMs', `(${timeoutMs}) must be longer than intervalMs`, 'Try twice as long.');
}
