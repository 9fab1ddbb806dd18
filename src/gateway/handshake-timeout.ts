import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** Cuts clients that connect and then do not send a whole request: Node itself would wait for 60 to 90 seconds. */
export class HandshakeTimeout {
  readonly #timers = new WeakMap<Socket, NodeJS.Timeout>();
  readonly #event: string;

  constructor(
    private readonly server: Server,
    private readonly timeoutMs: number,
  ) {
    this.#event = server instanceof TlsServer ? 'secureConnection' : 'connection';
    server.on(this.#event, this.#start);
    server.prependListener('request', this.#stop);
    server.prependListener('upgrade', this.#stop);
  }

  release(): void {
    this.server.off(this.#event, this.#start).off('request', this.#stop).off('upgrade', this.#stop);
  }

  readonly #start = (socket: Socket): void => {
    const timer = setTimeout(() => socket.destroy(), this.timeoutMs);
    this.#timers.set(socket, timer);
    socket.once('close', () => clearTimeout(timer));
  };

  readonly #stop = (request: IncomingMessage): void => {
    clearTimeout(this.#timers.get(request.socket));
  };
}
