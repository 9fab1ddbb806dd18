import { inspect } from 'node:util';

interface Whom {
  readonly id: string;
  readonly userId: string | undefined;
}

/**
 * A line of the log about one connection: a sentence on a console, and fields where a logger writes JSON, as Nest's does
 * with `json: true`, or pino.
 */
export class LogEntry {
  readonly connection_id: string;
  declare readonly user_id?: string;

  constructor(
    readonly message: string,
    { id, userId }: Whom,
  ) {
    this.connection_id = id;
    if (userId !== undefined) this.user_id = userId;
  }

  toString(): string {
    const user = this.user_id === undefined ? '' : `, user ${inLine(this.user_id)}`;
    return `${this.message} (connection ${this.connection_id}${user})`;
  }

  /** How a console shows it. */
  [inspect.custom](): string {
    return this.toString();
  }
}

/** Whoever makes the tokens chooses the ids, line breaks too. */
function inLine(id: string): string {
  return /^[\x21-\x7e]+$/.test(id) ? id : JSON.stringify(id);
}
