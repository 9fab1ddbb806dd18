import { BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { Connection } from '../../connections/connection';
import { Connections } from '../../connections/connections';
import { DrainOptions } from './drain.options';
import { ShutdownState } from './shutdown-state';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const POLL_MS = 10;
/** A client's answer to our close frame may take this long even when the time for handlers is used up. */
const CLOSE_MS = 500;

interface Hurry {
  now: boolean;
}

/**
 * The end of a process, without dropping anybody unawares: no new clients; those who are here are told when to come
 * back, each at another moment; handlers finish, what is due is sent, and the sockets close with 1012.
 */
@Injectable()
export class GracefulShutdown implements BeforeApplicationShutdown {
  readonly #logger = new Logger('RealtimeModule');
  readonly #hurry: Hurry = { now: false };
  #done: Promise<void> | undefined;

  constructor(
    private readonly connections: Connections,
    private readonly draining: ShutdownState,
    private readonly options: DrainOptions,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    const release = onSecondSignal(this.#hurry);
    await this.start();
    release();
  }

  /** Begins, unless it has begun. Resolves when nobody is connected any more; the process goes on until it is ended. */
  start(): Promise<void> {
    this.draining.active = true;
    return (this.#done ??= this.#run());
  }

  async #run(): Promise<void> {
    this.#logger.log(`Draining ${this.connections.size} connections`);
    const end = Date.now() + this.options.flushMs;
    for (const connection of this.connections) this.#announce(connection);
    await waitUntil(() => [...this.connections].every(isQuiet), end, this.#hurry);
    await this.#close(Math.max(end, Date.now() + CLOSE_MS));
  }

  #announce(connection: Connection): void {
    connection.send('server_shutdown', { reconnect_in_ms: Math.floor(Math.random() * this.options.windowMs) });
  }

  /** Closes with 1012 and waits for the answers; not of those who do not read: they had their time. */
  async #close(end: number): Promise<void> {
    const readers = [...this.connections].filter(({ outbox }) => outbox.idle);
    for (const connection of this.connections) connection.close('restart', 'the server restarts');
    await waitUntil(() => readers.every((connection) => !this.connections.has(connection)), end, this.#hurry);
    for (const connection of this.connections) connection.terminate();
    // A socket that was destroyed says so a moment later.
    await waitUntil(() => this.connections.size === 0, Date.now() + CLOSE_MS, this.#hurry);
  }
}

/** Waits until it is done, the time is over, or somebody is in a hurry. */
async function waitUntil(done: () => boolean, end: number, hurry: Hurry): Promise<void> {
  while (!hurry.now && Date.now() < end && !done()) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function isQuiet(connection: Connection): boolean {
  return connection.inbox.idle && connection.outbox.idle;
}

/** A second SIGTERM or SIGINT while we drain ends the waiting. The first one brought us here. */
function onSecondSignal(hurry: Hurry): () => void {
  const onSignal = (): void => void (hurry.now = true);
  SIGNALS.forEach((signal) => process.on(signal, onSignal));
  return () => SIGNALS.forEach((signal) => process.off(signal, onSignal));
}
