import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { outage } from '../../storage/outage';
import { isOutage } from './is-outage';

/** How one value of a row is read from its text. */
export interface TypeParsers {
  getTypeParser(oid: number, format?: string): (value: string) => unknown;
}

/** What a `pg.Pool`, of whatever version, must have. */
export interface PoolLike {
  connect(): Promise<ClientLike>;
  end(): Promise<void>;
}

export interface ClientLike {
  query(config: object): Promise<unknown>;
  release(destroy?: boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
}

/** Those who wait for a connection; more are refused as `unavailable`. */
const MAX_WAITING = 10_000;

/**
 * A pool as kysely wants it, over the one there is: waits are bounded, a connection that failed does not go back, and
 * what is the database's failure is told as `unavailable`.
 */
export class GuardedPool implements PostgresPool {
  #waiting = 0;

  constructor(
    private readonly pool: PoolLike,
    private readonly types: TypeParsers,
    private readonly timeoutMs: number,
  ) {}

  async connect(): Promise<PostgresPoolClient> {
    if (this.#waiting >= MAX_WAITING) throw outage(`${MAX_WAITING} wait for a connection already`);
    this.#waiting++;
    try {
      return new GuardedClient(await this.#connect(), this.types, this.timeoutMs);
    } catch (error) {
      throw outage(error);
    } finally {
      this.#waiting--;
    }
  }

  /** The pool is its owner's to end. */
  async end(): Promise<void> {}

  #connect(): Promise<ClientLike> {
    return new Promise((resolve, reject) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        reject(new Error(`no connection in ${this.timeoutMs} ms`));
      }, this.timeoutMs);
      const settle = (then: () => void): void => {
        clearTimeout(timer);
        then();
      };
      this.pool.connect().then(
        (client) => settle(() => (late ? client.release() : resolve(client))),
        (error: Error) => settle(() => reject(error)),
      );
    });
  }
}

class GuardedClient implements PostgresPoolClient {
  #failure: Error | undefined;
  /** Without a listener a connection that breaks would end the process. */
  readonly #onError = (error: Error): void => void (this.#failure ??= error);

  constructor(
    private readonly client: ClientLike,
    private readonly types: TypeParsers,
    private readonly timeoutMs: number,
  ) {
    client.on('error', this.#onError);
  }

  query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query(): never;
  async query(text?: string, values?: readonly unknown[]): Promise<unknown> {
    // Behind a statement that was given up another one would wait as long.
    if (this.#failure) throw outage(this.#failure);
    try {
      return await this.client.query({ text, values, types: this.types, query_timeout: this.timeoutMs });
    } catch (error) {
      if (!isOutage(error)) throw error;
      this.#failure ??= error as Error;
      throw outage(error);
    }
  }

  release(): void {
    this.client.removeListener('error', this.#onError);
    this.client.release(this.#failure !== undefined);
  }
}
