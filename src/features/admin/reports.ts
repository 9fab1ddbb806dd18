import { Injectable, Optional } from '@nestjs/common';
import { ActivityLog, ActivityRecord } from '../../reports/activity-log';
import { countedAddress } from '../../gateway/handshake/client-address';
import { NodeFigures } from '../../reports/node-figures';
import type { ConnectionHere, NodeMeasures, NodeMetrics, RoomHere } from '../../nodes/admin-command';
import { RealtimeError } from '../../protocol/errors';
import type { AuditDto, ConnectionsDto, RoomsDto } from './admin.dto';
import { Cluster } from './cluster';
import { firstOf } from './first-of';

const DEFAULT_LIMIT = 50;

/** What all nodes have, put together. */
@Injectable()
export class Reports {
  constructor(
    private readonly cluster: Cluster,
    private readonly figures: NodeFigures,
    @Optional() private readonly log?: ActivityLog,
  ) {}

  async connections({ user, room, address, search, cursor, limit = DEFAULT_LIMIT }: ConnectionsDto) {
    const filter = { user, room, search, address: address === undefined ? undefined : countedAddress(address) };
    const asked = { type: 'list_connections', ...filter, after: cursor, limit: limit + 1 } as const;
    const { answers, unanswered } = await this.cluster.ask(asked);
    const found = [...answers].flatMap(([node, { connections }]) => connections.map((each) => ({ node, ...each })));
    const { items, next } = pageOf<ConnectionHere & { node: string }>(found, ({ id }) => id, limit);
    return { connections: items, next, unanswered };
  }

  /** Each node has sent the first of its own: none of the first of all is missing. */
  async rooms({ kind, search, cursor, limit = DEFAULT_LIMIT }: RoomsDto) {
    const asked = { type: 'list_rooms', kind, search, after: cursor, limit: limit + 1 } as const;
    const { answers, unanswered } = await this.cluster.ask(asked);
    const rooms = new Map<string, RoomHere & { nodes: number }>();
    for (const { room, connections } of [...answers.values()].flatMap((answer) => answer.rooms)) {
      const known = rooms.get(room) ?? { connections: 0, nodes: 0 };
      rooms.set(room, { room, connections: known.connections + connections, nodes: known.nodes + 1 });
    }
    const { items, next } = pageOf([...rooms.values()], ({ room }) => room, limit);
    return { rooms: items, next, unanswered };
  }

  async stats() {
    const { answers, unanswered } = await this.cluster.ask({ type: 'measure' });
    const nodes = [...answers].map(([name, measures]) => toNode(name, measures));
    const total = (figure: 'connections' | 'deliveries' | 'slow_consumers'): number =>
      nodes.reduce((sum, node) => sum + node[figure], 0);
    return {
      connections: total('connections'),
      deliveries: total('deliveries'),
      slow_consumers: total('slow_consumers'),
      nodes: nodes.sort((one, other) => (one.name < other.name ? -1 : 1)),
      unanswered,
    };
  }

  async summedMetrics() {
    const [{ answers, unanswered }, { offline_messages }] = await Promise.all([
      this.cluster.ask({ type: 'measure' }),
      this.figures.snapshot(),
    ]);
    const sum = [...answers.values()].map(({ metrics }) => metrics).reduce(added);
    return { ...sum, offline_messages, unanswered };
  }

  async audit({ from, to, limit = DEFAULT_LIMIT, ...query }: AuditDto) {
    const span = { from: toTime(from), to: toTime(to) };
    if (!this.log) throw new RealtimeError('not_found', 'This server keeps no audit in a database.');
    const { entries, next } = await this.log.query({ ...query, ...span, limit });
    return { entries: entries.map(toEntry), next };
  }
}

function pageOf<T>(found: readonly T[], keyOf: (item: T) => string, limit: number): { items: T[]; next?: string } {
  const items = firstOf(found, keyOf, { limit });
  return { items, next: found.length > limit ? keyOf(items[limit - 1]) : undefined };
}

function toNode(name: string, { metrics: { hub, middleware }, ...measures }: NodeMeasures) {
  const { messages_received, messages_sent } = hub;
  return { name, ...measures, messages_received, messages_sent, errors: middleware.error_handler.total_errors };
}

function added(one: NodeMetrics, other: NodeMetrics): NodeMetrics {
  const { rate_limiter, error_handler } = one.middleware;
  return {
    hub: sumOf(one.hub, other.hub),
    middleware: {
      rate_limiter: sumOf(rate_limiter, other.middleware.rate_limiter),
      error_handler: sumOf(error_handler, other.middleware.error_handler),
    },
  };
}

function sumOf<T extends Readonly<Record<string, number>>>(one: T, other: T): T {
  return Object.fromEntries(Object.entries(one).map(([name, figure]) => [name, figure + other[name]])) as T;
}

function toTime(date: string | undefined): number | undefined {
  return date === undefined ? undefined : Date.parse(date);
}

function toEntry({ at, ...entry }: ActivityRecord) {
  return { at: new Date(at).toISOString(), ...entry };
}
