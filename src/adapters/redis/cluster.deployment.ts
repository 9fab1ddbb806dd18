import { Cluster, Command, Redis } from 'ioredis';
import { clusterClient, connected, nodeClient } from './client';
import { Deployment } from './deployment';
import { Link, LinkEvents } from './link';
import type { ResolvedRedisOptions } from './redis.options';

/** The nodes of a Redis Cluster. A channel is listened to at the master that has the slot of its name. */
export class ClusterDeployment extends Deployment {
  override readonly client: Cluster;
  override readonly sharded = true;
  readonly #links = new Map<string, Link>();

  constructor(
    private readonly options: ResolvedRedisOptions,
    private readonly events: LinkEvents,
  ) {
    super();
    this.client = clusterClient(options, { enableAutoPipelining: true, autoPipeliningIgnoredCommands: [] });
  }

  override async open(): Promise<void> {
    await connected(this.client, this.options.timeoutMs);
    // Nodes are connected to when they are first needed, which then would fail.
    await this.ping().catch(() => undefined);
  }

  override async ping(): Promise<void> {
    const masters = new Set(this.client.slots.map(([key]) => key));
    const nodes = [...masters].map((key) => this.#node(key));
    const links = [...this.#links.values()].map(({ client }) => client);
    await Promise.all([...nodes, ...links].map((node) => node.ping()));
  }

  override linkOf(channel: string): Link {
    const slot = new Command('ssubscribe', [channel]).getSlot();
    const key = this.client.slots[slot]?.[0];
    if (key === undefined) throw new Error(`no node has slot ${slot}`);
    return this.#links.get(key) ?? this.#newLink(key);
  }

  override refresh(): Promise<void> {
    return new Promise((resolve) => this.client.refreshSlotsCache(() => resolve()));
  }

  override close(): void {
    this.client.disconnect();
    for (const link of this.#links.values()) link.close();
  }

  #newLink(key: string): Link {
    const client = nodeClient(this.#node(key), { enableAutoPipelining: false });
    const link = new Link(client, true, this.events, this.options.timeoutMs);
    client.once('end', () => this.#links.delete(key));
    this.#links.set(key, link);
    return link;
  }

  #node(key: string): Redis {
    const found = this.client.nodes('master').find(({ options: { host, port } }) => `${host}:${port}` === key);
    if (!found) throw new Error(`the node ${key} is not connected`);
    return found;
  }
}
