import { Injectable, OnModuleInit } from '@nestjs/common';
import { Connections } from '../../connections/connections';
import { RealtimeCounters } from '../../connections/realtime-counters';
import { GracefulShutdown } from '../../gateway/shutdown/graceful-shutdown';
import { ShutdownState } from '../../gateway/shutdown/shutdown-state';
import { NodeFigures } from '../../reports/node-figures';
import type { NodeMeasures, RoomHere } from '../../nodes/admin-command';
import type { CommandOf } from '../../nodes/command';
import { Nodes } from '../../nodes/nodes';
import { EVERYONE, RoomName, roomKind } from '../../protocol/room-name';
import { NodeMemberships } from '../../rooms/node-memberships';
import { RoomRegistry } from '../../rooms/room-registry';
import { firstOf } from './first-of';
import { includes } from './includes';

/** How this node does, and which rooms it has, for whichever node asks; and its end, where it is asked for. */
@Injectable()
export class LocalMeasures implements OnModuleInit {
  constructor(
    private readonly nodes: Nodes,
    private readonly connections: Connections,
    private readonly rooms: RoomRegistry,
    private readonly local: NodeMemberships,
    private readonly traffic: RealtimeCounters,
    private readonly figures: NodeFigures,
    private readonly draining: ShutdownState,
    private readonly drain: GracefulShutdown,
  ) {}

  onModuleInit(): void {
    this.nodes.handle('list_rooms', (wanted) => ({ rooms: this.#list(wanted) }));
    this.nodes.handle('measure', () => this.#measure());
    this.nodes.handle('drain', ({ node }) => ({ draining: this.#drain(node) }));
  }

  #list(wanted: CommandOf<'list_rooms'>): RoomHere[] {
    const rooms = firstOf(this.#found(wanted), (room) => room, wanted);
    return rooms.map((room) => ({ room, connections: this.local.count({ room }) }));
  }

  *#found({ kind, search = '' }: CommandOf<'list_rooms'>): Iterable<RoomName> {
    for (const room of this.#rooms(kind)) if (includes(room, search)) yield room;
  }

  *#rooms(kind?: string): Iterable<RoomName> {
    for (const room of this.rooms.names) {
      if (kind === undefined ? !isKept(room) : roomKind(room) === kind) yield room;
    }
  }

  #measure(): NodeMeasures {
    const { bounds, cumulative } = this.figures.lagSeconds;
    return {
      uptime_s: Math.round(process.uptime()),
      draining: this.draining.active,
      connections: this.connections.size,
      rooms: [...this.#rooms()].length,
      deliveries: this.traffic.deliveries,
      slow_consumers: this.traffic.slowConsumers,
      memory_bytes: process.memoryUsage.rss(),
      lag_ms: { bounds: bounds.map((seconds) => seconds * 1000), cumulative },
      metrics: this.figures.figures,
    };
  }

  /** Whoever asked is answered at once: to drain takes seconds. */
  #drain(node: string): boolean {
    if (node !== this.nodes.name) return false;
    void this.drain.start();
    return true;
  }
}

/** The server keeps its connections in these. */
function isKept(room: RoomName): boolean {
  return room === EVERYONE || roomKind(room) === 'user';
}
