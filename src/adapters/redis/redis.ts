import { SharedRevocations } from '../../gateway/handshake/revocations';
import { ReplyStore } from '../../gateway/idempotency/reply-store';
import { UserLimits } from '../../gateway/limits/user-limits';
import { PresenceStore } from '../../features/presence/presence-store';
import { Nodes } from '../../nodes/nodes';
import { Port, SharedAdapters } from '../../publishing/shared-adapters';
import { RedisBackplane, RedisBackplaneOptions } from './backplane/redis.backplane';
import { RedisUserLimits } from './limits/redis-user-limits';
import type { RedisNodesOptions } from './nodes/redis-nodes.options';
import { RedisNodes } from './nodes/redis.nodes';
import { RedisPresence, RedisPresenceOptions } from './presence/redis.presence';
import { RedisConnections } from './redis-connections';
import type { RedisConnectionsOptions } from './redis.options';
import { RedisReplyStore } from './replies/redis-reply-store';
import { RedisRevocations } from './revocations/redis-revocations';

export interface RedisOptions extends RedisConnectionsOptions, RedisBackplaneOptions {
  /** The presence of all nodes. @default {} */
  presence?: RedisPresenceOptions;
  /** The commands that nodes send each other. @default {} */
  nodes?: RedisNodesOptions;
}

/**
 * Everything that nodes share, in one Redis or Redis Cluster: streams and live publications, replies for a repeated
 * `message_id`, presence, limits per user, commands between nodes, and revoked users and tokens.
 *
 *     RealtimeModule.forRoot({ backplane: redis({ url: 'redis://localhost', prefix: 'my-app:' }), … })
 *
 * @throws Error for options that cannot work
 */
export function redis({ waiting, presence, nodes, ...connections }: RedisOptions): RedisAdapters {
  return new RedisAdapters(new RedisConnections(connections), { waiting, presence, nodes });
}

type Settings = Pick<RedisOptions, 'waiting' | 'presence' | 'nodes'>;
type Create = (connections: RedisConnections, settings: Settings, own?: object) => unknown;

const ADAPTERS = new Map<unknown, Create>([
  [ReplyStore, (connections, _, limits) => new RedisReplyStore(connections, limits)],
  [PresenceStore, (connections, { presence }) => new RedisPresence(connections, presence)],
  [UserLimits, (connections) => new RedisUserLimits(connections)],
  [Nodes, (connections, { nodes }) => new RedisNodes(connections, nodes)],
  [SharedRevocations, (connections) => new RedisRevocations(connections)],
]);

/** The adapters of one Redis. They share its connections. */
export class RedisAdapters extends SharedAdapters {
  override readonly backplane: RedisBackplane;

  constructor(
    readonly connections: RedisConnections,
    private readonly settings: Settings = {},
  ) {
    super();
    this.backplane = new RedisBackplane(connections, { waiting: settings.waiting });
  }

  override find<Adapter>(port: Port<Adapter>, settings?: object): Adapter | undefined {
    return ADAPTERS.get(port)?.(this.connections, this.settings, settings) as Adapter | undefined;
  }

  override close(): Promise<void> {
    return this.connections.close();
  }
}
