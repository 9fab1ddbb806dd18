import type { Redis } from 'ioredis';
import { jitter } from '../../async/backoff';
import { connected, disconnect, singleClient } from './client';
import { Deployment } from './deployment';
import { Link, LinkEvents } from './link';
import type { ResolvedRedisOptions } from './redis.options';

/** One server, whichever it is at the time where sentinels watch over it. */
export class SingleDeployment extends Deployment {
  override readonly client: Redis;
  override readonly sharded = false;
  #link: Link | undefined;
  #closed = false;

  constructor(
    private readonly options: ResolvedRedisOptions,
    private readonly events: LinkEvents,
  ) {
    super();
    this.client = this.#kept(singleClient(options, { enableAutoPipelining: true, autoPipeliningIgnoredCommands: [] }));
  }

  override async open(): Promise<void> {
    await connected(this.client, this.options.timeoutMs);
  }

  override async ping(): Promise<void> {
    await Promise.all([this.client.ping(), this.#link?.client.ping()]);
  }

  override linkOf(): Link {
    this.#link ??= new Link(this.#kept(singleClient(this.options, {})), false, this.events, this.options.timeoutMs);
    return this.#link;
  }

  override async refresh(): Promise<void> {}

  override close(): void {
    this.#closed = true;
    disconnect(this.client);
    this.#link?.close();
  }

  /** Some failures while connecting end a client for good. */
  #kept(client: Redis): Redis {
    client.on('end', () => {
      if (!this.#closed) setTimeout(() => this.#revive(client), jitter(1, this.options.maxBackoffMs));
    });
    return client;
  }

  #revive(client: Redis): void {
    // It ends once more if that fails.
    if (!this.#closed) client.connect().catch(() => undefined);
  }
}
