import { once } from 'node:events';
import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';

const running = new Set<HostileProxy>();

/** Ends the proxies a test started. */
export async function stopHostileProxies(): Promise<void> {
  for (const proxy of [...running]) await proxy.close();
}

/** A network between a client and a server that does whatever networks do; a delay is in one direction, in order. */
export class HostileProxy {
  readonly #links = new Set<ProxiedLink>();
  #refusing = false;
  #maxDelayMs = 0;
  /** Connections that came so far. */
  accepted = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
    private readonly random: () => number,
  ) {
    server.on('connection', (socket) => this.#accept(socket));
    running.add(this);
  }

  static async to(port: number, random = Math.random): Promise<HostileProxy> {
    const server = createServer();
    const proxy = new HostileProxy(server, port, random);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/ws`;
  }

  /** From now on bytes take up to this long, milliseconds. */
  delay(maxMs: number): void {
    this.#maxDelayMs = maxMs;
  }

  /** Both sides are told at once that the connection broke. What was under way is lost. */
  drop(): void {
    for (const link of this.#links) link.destroy();
  }

  /** Half-open: nothing comes through these connections any more, and nobody is told. */
  hang(): void {
    for (const link of this.#links) link.hang();
  }

  /** The client loses its connections; what it had sent arrives later, when it may be back over another one. */
  straggle(ms: number): void {
    for (const link of this.#links) link.straggle(ms);
  }

  /** Nobody gets through any more. */
  refuse(): void {
    this.#refusing = true;
  }

  heal(): void {
    this.#refusing = false;
    this.#maxDelayMs = 0;
  }

  async close(): Promise<void> {
    running.delete(this);
    this.server.close();
    this.drop();
    await once(this.server, 'close');
  }

  #accept(client: Socket): void {
    this.accepted++;
    if (this.#refusing) return void client.destroy();
    const delayMs = (): number => this.random() * this.#maxDelayMs;
    const link = new ProxiedLink(client, connect(this.target, '127.0.0.1'), delayMs, () => this.#links.delete(link));
    this.#links.add(link);
  }
}

/** One proxied connection. */
class ProxiedLink {
  readonly #timers = new Set<NodeJS.Timeout>();
  #hanging = false;
  #straggling = false;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly delayMs: () => number,
    private readonly gone: () => void,
  ) {
    this.#forward(client, server);
    this.#forward(server, client);
    client.on('close', () => this.#straggling || this.destroy());
    server.on('close', () => this.destroy());
  }

  hang(): void {
    this.#hanging = true;
    this.client.pause();
    this.server.pause();
  }

  straggle(ms: number): void {
    this.#straggling = true;
    this.client.destroy();
    this.#later(() => this.destroy(), ms);
  }

  destroy(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.client.destroy();
    this.server.destroy();
    this.gone();
  }

  /** In order, whatever the timers do: what is due waits for what came before it. */
  #forward(from: Socket, to: Socket): void {
    const underWay: Buffer[] = [];
    from.setNoDelay(true);
    from.on('error', () => undefined);
    from.on('data', (bytes) => {
      if (this.#hanging) return;
      const delayMs = this.delayMs();
      if (delayMs === 0 && !underWay.length && !this.#straggling) return void (to.destroyed || to.write(bytes));
      underWay.push(bytes);
      this.#later(() => {
        const next = underWay.shift()!;
        if (!this.#hanging && !to.destroyed) to.write(next);
      }, delayMs);
    });
  }

  #later(run: () => void, ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}
