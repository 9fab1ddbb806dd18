import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { Connection } from './connection';

export interface Closed {
  readonly connection: Connection;
  readonly code: number;
}

/** Every connection of this process, by user and by address. */
@Injectable()
export class Connections implements Iterable<Connection> {
  readonly #all = new Set<Connection>();
  readonly #byUser = new Map<string, Set<Connection>>();
  readonly #byAddress = new Map<string, number>();
  readonly #opened = new Subject<Connection>();
  readonly #closed = new Subject<Closed>();

  /** Each connection that was given its identity. */
  readonly opened = this.#opened.asObservable();

  /** Each connection that ended, once, after it was removed here. */
  readonly closed = this.#closed.asObservable();

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#all.values();
  }

  /** Whether it is still here: from its 101 to the end of its socket. */
  has(connection: Connection): boolean {
    return this.#all.has(connection);
  }

  add(connection: Connection): void {
    this.#all.add(connection);
    this.holdAddress(connection.client.address);
  }

  /** Files an authenticated connection under its user. */
  identified(connection: Connection): void {
    const userId = connection.userId!;
    const connections = this.#byUser.get(userId);
    if (connections) connections.add(connection);
    else this.#byUser.set(userId, new Set([connection]));
    this.#opened.next(connection);
  }

  remove(connection: Connection, code: number): void {
    if (!this.#all.delete(connection)) return;
    this.releaseAddress(connection.client.address);
    const ofUser = connection.userId === undefined ? undefined : this.#byUser.get(connection.userId);
    if (ofUser?.delete(connection) && ofUser.size === 0) this.#byUser.delete(connection.userId!);
    this.#closed.next({ connection, code });
  }

  ofUser(userId: string): ReadonlySet<Connection> {
    return this.#byUser.get(userId) ?? NONE;
  }

  countOfAddress(address: string): number {
    return this.#byAddress.get(address) ?? 0;
  }

  /** Counts a handshake that is under way, so that many at once cannot pass the limit. */
  holdAddress(address: string): void {
    this.#byAddress.set(address, this.countOfAddress(address) + 1);
  }

  releaseAddress(address: string): void {
    const left = this.countOfAddress(address) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }
}

const NONE: ReadonlySet<Connection> = new Set();
