import type { RoomName } from '../protocol/room-name';

/** A part of a list that all nodes have pieces of: what sorts behind `after`, so many at most. */
interface Part {
  readonly after?: string;
  readonly limit: number;
}

/** What nodes ask of each other for those who run them. As all commands it travels as JSON, between versions, too. */
export type AdminCommand =
  /** Rooms by name: of a kind; left out, all but those the server keeps its connections in. `search`: in their names. */
  | ({ readonly type: 'list_rooms'; readonly kind?: string; readonly search?: string } & Part)
  /** Connections by id: those that fit all that is given. `search`: in their ids, users' ids and names, and addresses. */
  | ({
      readonly type: 'list_connections';
      readonly user?: string;
      readonly room?: RoomName;
      readonly address?: string;
      readonly search?: string;
    } & Part)
  | { readonly type: 'measure' }
  /** Who would get a publication in a room; and one user in particular. */
  | { readonly type: 'explain_room'; readonly room: RoomName; readonly user?: string }
  | { readonly type: 'disconnect_room'; readonly room: RoomName; readonly message: string }
  | { readonly type: 'disconnect_connection'; readonly connection: string; readonly message: string }
  /** One node begins to drain; the others do nothing. */
  | { readonly type: 'drain'; readonly node: string };

/** A room as one node has it. */
export interface RoomHere {
  readonly room: RoomName;
  readonly connections: number;
}

export interface ConnectionHere {
  readonly id: string;
  /** Left out before it has said who it is. */
  readonly user_id?: string;
  readonly name?: string;
  readonly address: string;
  readonly user_agent?: string;
  readonly connected_at: string;
  readonly last_seen_at: string;
  /** Frames from the client, and to it. */
  readonly received: number;
  readonly sent: number;
  readonly errors: number;
  /** Frames that wait for it to read. */
  readonly waiting: number;
  readonly subprotocol: 'json' | 'msgpack';
  /** Those it joined, a hundred of them at most. */
  readonly rooms: readonly RoomName[];
}

/** How one node does. */
export interface NodeMeasures {
  readonly uptime_s: number;
  readonly draining: boolean;
  readonly connections: number;
  /** Rooms that have members here. */
  readonly rooms: number;
  /** Deliveries to members, and publications that had some. */
  readonly deliveries: number;
  readonly slow_consumers: number;
  readonly memory_bytes: number;
  readonly lag_ms: Distribution;
  readonly metrics: NodeMetrics;
}

/** How many values were at most each of a few bounds; one more, all of them. Those of several nodes can be added. */
export interface Distribution {
  readonly bounds: readonly number[];
  readonly cumulative: readonly number[];
}

/** Sums over all nodes make sense of every figure in it. */
export interface NodeMetrics {
  readonly hub: {
    readonly active_connections: number;
    readonly total_connections: number;
    readonly messages_sent: number;
    readonly messages_received: number;
    readonly broadcasts_sent: number;
  };
  readonly middleware: {
    readonly rate_limiter: { readonly active_limiters: number; readonly requests_per_second: number };
    readonly error_handler: { readonly connections_with_errors: number; readonly total_errors: number };
  };
}

/** Who would get a publication on one node. */
export interface AudienceHere {
  /** Connections that are in the room. */
  readonly receivers: number;
  /** Those of them that read slowly: it would wait for them. */
  readonly slow: number;
  /** Those of them the policy would not let in any more: they get it until it is asked again. Of the first 1000. */
  readonly refused: number;
  readonly user?: {
    readonly connections: number;
    readonly joined: number;
    /** Why the policy does not let it in, where it is connected here. */
    readonly refusal?: string;
  };
}

export interface AdminAnswers {
  explain_room: AudienceHere;
  list_rooms: { readonly rooms: readonly RoomHere[] };
  list_connections: { readonly connections: readonly ConnectionHere[] };
  measure: NodeMeasures;
  disconnect_room: { readonly connections: number };
  disconnect_connection: { readonly connections: number };
  /** Whether it is the one. */
  drain: { readonly draining: boolean };
}
