/** Graceful shutdown. */
export class DrainOptions {
  /** Time over which the reconnects of all clients are spread, milliseconds. @default 30_000 */
  readonly windowMs: number = 30_000;
  /** Time that running handlers and slow clients have to finish, milliseconds. @default 5_000 */
  readonly flushMs: number = 5_000;
}
