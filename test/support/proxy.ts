import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';

const running = new Set<Proxy>();

/** Ends the proxies a test started. */
export function stopProxies(): void {
  for (const proxy of running) proxy.stop();
}

/** A network between a node and a server, which can fail. */
export class Proxy {
  readonly #sockets = new Set<Socket>();
  #cut = false;
  #mark: string | undefined;

  private constructor(
    private readonly server: Server,
    private readonly to: number,
  ) {
    server.on('connection', (socket) => this.#accept(socket));
    running.add(this);
  }

  static async to(port: number): Promise<Proxy> {
    const server = createServer();
    const proxy = new Proxy(server, port);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Connections break, and no new ones come about, until it heals. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  heal(): void {
    this.#cut = false;
    this.#mark = undefined;
    for (const socket of this.#sockets) socket.resume();
  }

  /** Connections stay, and carry nothing any more, until it heals. */
  stall(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  /** As a stall, and no new connections come about, until it heals: then what was sent before arrives. */
  seal(): void {
    this.#cut = true;
    this.stall();
  }

  /** Once this is asked of the server, over whichever connection, what it answers there does not come through. */
  muteAfter(mark: string): void {
    this.#mark = mark;
  }

  stop(): void {
    running.delete(this);
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    if (this.#cut) return void socket.destroy();
    const other = connect(this.to, '127.0.0.1');
    for (const [from, into] of [
      [socket, other],
      [other, socket],
    ]) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => undefined);
      if (from === socket)
        from.on('data', (bytes: Buffer) => this.#mark && bytes.includes(this.#mark) && other.pause());
      from.pipe(into);
      from.on('close', () => {
        this.#sockets.delete(from);
        into.destroy();
      });
    }
  }
}
