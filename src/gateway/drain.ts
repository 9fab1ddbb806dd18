import { BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { Connection } from '../connections/connection';
import { Connections } from '../connections/connections';
import { RealtimeOptions } from '../realtime.options';
import { Draining } from './draining';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const POLL_MS = 10;

/**
 * The end of a process, without dropping anybody unawares: no new clients; those who are here are told when to come
 * back, each at another moment; handlers finish, what is due is sent, and the sockets close with 1012.
 */
@Injectable()
export class Drain implements BeforeApplicationShutdown {
  readonly #logger = new Logger('RealtimeModule');

  constructor(
    private readonly connections: Connections,
    private readonly draining: Draining,
    private readonly options: RealtimeOptions,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    if (this.draining.active) return;
    this.draining.active = true;
    const hurry = onSecondSignal();
    this.#logger.log(`Draining ${this.connections.size} connections`);
    for (const connection of this.connections) this.#announce(connection);
    await this.#until(() => [...this.connections].every(isQuiet), hurry);
    for (const connection of this.connections) connection.close('restart', 'the server restarts');
    await this.#until(() => this.connections.size === 0, hurry);
    for (const connection of this.connections) connection.terminate();
    hurry.release();
  }

  #announce(connection: Connection): void {
    connection.send('server_shutdown', { reconnect_in_ms: Math.floor(Math.random() * this.options.drain.windowMs) });
  }

  /** Waits until it is done, the time is over, or somebody is in a hurry. */
  async #until(done: () => boolean, hurry: { now: boolean }): Promise<void> {
    const end = Date.now() + this.options.drain.flushMs;
    while (!hurry.now && Date.now() < end && !done()) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

function isQuiet(connection: Connection): boolean {
  return connection.inbox.idle && connection.outbox.idle;
}

/** A second SIGTERM or SIGINT while we drain ends the waiting. The first one brought us here. */
function onSecondSignal(): { now: boolean; release: () => void } {
  const onSignal = (): void => void (hurry.now = true);
  const hurry = { now: false, release: () => SIGNALS.forEach((signal) => process.off(signal, onSignal)) };
  SIGNALS.forEach((signal) => process.on(signal, onSignal));
  return hurry;
}
