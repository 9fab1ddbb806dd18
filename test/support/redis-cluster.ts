import { RedisServer } from './redis-server';
import { until } from './until';

const SLOTS = 16_384;

/** A Redis Cluster of masters, each with its part of the slots. */
export class RedisCluster {
  private constructor(readonly nodes: readonly RedisServer[]) {}

  static async start(size = 3): Promise<RedisCluster> {
    const nodes = await Promise.all(Array.from({ length: size }, () => RedisServer.start({ cluster: true })));
    const cluster = new RedisCluster(nodes);
    const part = (i: number): number => Math.floor((i * SLOTS) / size);
    await Promise.all(nodes.map((node, i) => node.command('CLUSTER', 'ADDSLOTSRANGE', part(i), part(i + 1) - 1)));
    for (const node of nodes.slice(1)) await node.command('CLUSTER', 'MEET', '127.0.0.1', nodes[0].port, nodes[0].bus!);
    await cluster.isWhole();
    return cluster;
  }

  /** What a client is told about it. */
  get addresses() {
    return this.nodes.map(({ port }) => ({ host: '127.0.0.1', port }));
  }

  /** Until every node knows of all slots. */
  async isWhole(): Promise<void> {
    await Promise.all(
      this.nodes.map((node) =>
        until(async () => {
          const info = String(await node.command('CLUSTER', 'INFO'));
          return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${this.nodes.length}`);
        }, 'a whole cluster'),
      ),
    );
  }

  /** The master of a key's slot. */
  async masterOf(key: string): Promise<RedisServer> {
    const slot = Number(await this.nodes[0].command('CLUSTER', 'KEYSLOT', key));
    for (const node of this.nodes) if (await this.#has(node, slot)) return node;
    throw new Error(`no node has slot ${slot}`);
  }

  /** Moves the slot of a key, and all that is in it, to another node, step by step as `redis-cli --cluster` does. */
  async move(key: string, to: RedisServer): Promise<void> {
    const from = await this.masterOf(key);
    const slot = Number(await from.command('CLUSTER', 'KEYSLOT', key));
    const [fromId, toId] = (await Promise.all([from, to].map((node) => node.command('CLUSTER', 'MYID')))) as string[];
    await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
    await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
    const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', slot, 1000)) as string[];
    for (const each of keys) await from.command('MIGRATE', '127.0.0.1', to.port, each, 0, 5000);
    for (const node of [to, from]) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
  }

  async #has(node: RedisServer, slot: number): Promise<boolean> {
    const known = (await node.command('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
    return known.some(([from, to, [, port]]) => from <= slot && slot <= to && port === node.port);
  }
}
